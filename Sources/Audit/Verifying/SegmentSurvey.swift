// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The first lines of all segments: which of them count, and how far.
struct SegmentSurvey {
    struct Part {
        let number: UInt64
        let path: String
        /// Its first record, and the time of that; nil when the first line is no header.
        let header: SegmentHeader?
        let time: Int64?
        /// Of that record, in hexadecimal.
        let headerHash: String?
        /// Last record that counts, when the segment failed.
        var end: UInt64?
        /// On the disk, when it was surveyed.
        var byteCount = 0

        var name: String { SegmentName.file(number) }
        var previous: UInt64? { header?.previous }
        var treeSize: UInt64? { header?.tree.size }
        var isCompressed: Bool { path.hasSuffix(SegmentName.compressed) }
    }

    private(set) var parts: [Part] = []
    private(set) var totalBytes = 0

    /// Compressed files beside segments that are there as they were.
    let spares: [String]

    init(directories: [String]) throws(JournalOpenError) {
        var ends: [UInt64: UInt64] = [:]
        var abandoned: Set<UInt64> = []
        let list = try SegmentList(directories: directories)
        spares = list.spares
        for segment in list.segments {
            let header = try Self.header(segment.path)
            parts.append(
                Part(
                    number: segment.number, path: segment.path, header: header?.content, time: header?.time,
                    headerHash: header?.hash))
            if let failed = header?.content.failed { ends[failed.number] = failed.after }
            abandoned.formUnion(header?.content.abandoned ?? [])
        }
        parts.removeAll { abandoned.contains($0.number) }
        for index in parts.indices {
            parts[index].end = ends[parts[index].number]
            parts[index].byteCount = (try? POSIXDisk().identity(at: parts[index].path))?.byteCount ?? 0
            totalBytes += parts[index].byteCount
        }
    }

    mutating func drop(before number: UInt64) {
        parts.removeAll { $0.number < number }
    }

    static func header(
        _ path: String
    ) throws(JournalOpenError) -> (content: SegmentHeader, time: Int64, hash: String)? {
        do throws(JournalOpenError) {
            return try LineReader(path).next { line in
                guard case .whole(let bytes) = line, let record = try? RecordLine(bytes), record.kind == .segment,
                    let content = SegmentHeader(line: bytes), let entry = JournalEntry(line: bytes)
                else { return nil }
                return (content, entry.time, entry.hash)
            }
        } catch {
            if case .damaged = error { return nil }
            throw error
        }
    }
}
