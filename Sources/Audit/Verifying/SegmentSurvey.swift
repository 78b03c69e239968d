// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The first lines of all segments: which of them count, and how far.
struct SegmentSurvey {
    struct Part {
        let number: UInt64
        let path: String
        /// Nil when the first line is no header.
        let previous: UInt64?
        /// Last record that counts, when the segment failed.
        var end: UInt64?

        var name: String { SegmentName.file(number) }
    }

    private(set) var parts: [Part] = []
    private(set) var totalBytes = 0

    init(directories: [String]) throws(JournalOpenError) {
        var ends: [UInt64: UInt64] = [:]
        var abandoned: Set<UInt64> = []
        for segment in try SegmentList(directories: directories).segments {
            let header = try Self.header(segment.path)
            parts.append(Part(number: segment.number, path: segment.path, previous: header?.previous))
            if let failed = header?.failed { ends[failed.number] = failed.after }
            abandoned.formUnion(header?.abandoned ?? [])
        }
        parts.removeAll { abandoned.contains($0.number) }
        for index in parts.indices {
            parts[index].end = ends[parts[index].number]
            totalBytes += (try? POSIXDisk().identity(at: parts[index].path))?.byteCount ?? 0
        }
    }

    private static func header(_ path: String) throws(JournalOpenError) -> SegmentHeader? {
        try LineReader(path).next { line in
            guard case .whole(let bytes) = line, let record = try? RecordLine(bytes), record.kind == .segment else {
                return nil
            }
            return SegmentHeader(line: bytes)
        }
    }
}
