// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How many letters apart two names are (Levenshtein); for "did you mean".
enum SpellingDistance {
    /// The known name nearest to `name`, if it is near enough to be a slip of the finger.
    static func nearest(to name: String, among known: [String]) -> String? {
        guard name.utf8.count <= 128 else { return nil }
        let ranked = known.map { (name: $0, distance: between(Array(name.utf8), Array($0.utf8))) }
        let best = ranked.min { ($0.distance, $0.name) < ($1.distance, $1.name) }
        return best.flatMap { $0.distance <= max(2, name.utf8.count / 6) ? $0.name : nil }
    }

    static func between(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, diagonal + 1, row[j] + 1)
            }
        }
        return row[right.count]
    }
}
