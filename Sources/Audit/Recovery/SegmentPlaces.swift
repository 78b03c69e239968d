// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Which directories hold segments, and the newest in each.
struct SegmentPlaces {
    private var newest: [String: UInt64] = [:]

    /// In a fixed order.
    var directories: [String] { newest.keys.sorted() }

    init() {}

    init(_ list: SegmentList) {
        for segment in list.segments { add(segment.number, at: segment.path) }
    }

    mutating func add(_ number: UInt64, at path: String) {
        let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        newest[directory] = max(newest[directory] ?? 0, number)
    }

    /// What is older is not there any more.
    mutating func remove(before number: UInt64) {
        newest = newest.filter { $0.value >= number }
    }
}
