// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension JournalReader {
    /// The last records that `query` asks for, the oldest first, and a reader that goes on behind them. Reads from the
    /// newest segment backwards, no more of them than it needs.
    package static func tail(
        directories: [String], count: Int, matching query: JournalQuery = JournalQuery()
    ) throws(JournalOpenError) -> (entries: [JournalEntry], reader: JournalReader) {
        let segments = try SegmentSurvey(directories: directories).parts
        var reach = 1
        while true {
            let start = segments.dropLast(reach).endIndex
            let first = start < segments.endIndex ? segments[start].number : 0
            // An outcome is known by its intent, which may stand in the segment before.
            let begin = query == JournalQuery() ? start : start - 1
            let position = segments.indices.contains(begin) && begin > 0 ? segments[begin] : nil
            let reader = try JournalReader(
                directories: directories,
                from: position.map { JournalPosition(segment: $0.number, offset: 0, sequence: $0.treeSize ?? 0) })
            var entries: [JournalEntry] = []
            while let entry = try reader.next(matching: query) {
                guard reader.position?.segment ?? first >= first else { continue }
                entries.append(entry)
                if entries.count >= 2 * max(count, 1) { entries.removeFirst(entries.count - max(count, 0)) }
            }
            if entries.count >= count || start == 0 { return (entries.suffix(max(count, 0)), reader) }
            reach *= 2
        }
    }

    /// Hands on what comes, until `wait` says that nobody wants more.
    ///
    /// - Parameter wait: called whenever there is nothing more to read; sleeps for as long as it likes. False ends.
    package func follow(
        matching query: JournalQuery = JournalQuery(), waiting wait: () -> Bool, _ body: (JournalEntry) -> Void
    ) throws(JournalOpenError) {
        repeat {
            while let entry = try next(matching: query) { body(entry) }
        } while wait()
    }
}
