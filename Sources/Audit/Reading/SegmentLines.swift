// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The lines of one file by its path, in bounded memory: a segment that somebody has put elsewhere, or a log. Nothing is
/// verified.
package enum SegmentLines {
    /// Whether the name is that of a compressed file, which is then read as what it was before.
    package static func isCompressed(_ path: String) -> Bool { path.hasSuffix(SegmentName.compressed) }

    /// Lines that are longer than any record end it with an error; what stands behind the last line feed is left out.
    package static func forEach(of path: String, _ body: (Substring) -> Void) throws(JournalOpenError) {
        let reader = try LineReader(path)
        var count = 0
        while true {
            let step = try reader.next { line -> Step in
                guard case .whole(let bytes) = line else {
                    if case .tooLong = line { return .tooLong }
                    return .end
                }
                body(String(decoding: bytes, as: UTF8.self)[...])
                return .line
            }
            count += 1
            switch step {
            case .line: break
            case .end: return
            case .tooLong: throw .damaged(segment: path, line: count, reason: "the line is longer than any record")
            }
        }
    }

    private enum Step {
        case line, tooLong, end
    }
}
