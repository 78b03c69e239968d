// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Reads a journal from the oldest record to the newest, in bounded memory, also while a gateway writes to it, and
/// compressed segments like any others. It does not verify.
///
/// When a segment fails under the gateway, records of it that were read before anybody could know stand again in the
/// next one: `sequence` then goes back. Not for use by two threads at once.
package final class JournalReader {
    private let directories: [String]
    private var parts: [SegmentSurvey.Part]
    private var index: Int
    private var reader: LineReader?
    private var intents: [String: CallFacts] = [:]

    /// Number of the last record read.
    package private(set) var sequence: UInt64

    /// Lines that are no records: damage, which a verification names.
    package private(set) var unreadableLines = 0

    /// Records before the oldest segment there is; they were removed.
    package let removed: UInt64

    /// Intents that are kept to complete their outcomes. A journal allows no more calls in flight.
    private static let maximumIntents = 16_384

    /// - Parameter position: where an earlier reader has stopped; nil for the beginning. A position in a segment that
    ///   is gone stands for the oldest segment after it.
    package init(directories: [String], from position: JournalPosition? = nil) throws(JournalOpenError) {
        self.directories = directories
        let survey = try SegmentSurvey(directories: directories)
        parts = survey.parts
        removed = survey.parts.first?.treeSize ?? 0
        sequence = position?.sequence ?? removed
        index = parts.firstIndex { $0.number >= position?.segment ?? 0 } ?? parts.count
        if let position, index < parts.count, parts[index].number == position.segment {
            reader = try LineReader(parts[index].path, from: position.offset)
        }
    }

    /// Behind the last record read; nil when there is no segment yet.
    package var position: JournalPosition? {
        guard index < parts.count else { return nil }
        return JournalPosition(segment: parts[index].number, offset: reader?.offset ?? 0, sequence: sequence)
    }

    /// Tells the segment of `position`, and with it the journal, from every other: the hash of its first record. Nil while
    /// that is not written yet.
    package var origin: String? { index < parts.count ? parts[index].headerHash : nil }

    /// Whether a position in segment `number`, whose origin was this one, is a position in this journal.
    package func holds(segment number: UInt64, origin: String) -> Bool {
        if let part = parts.first(where: { $0.number == number }) { return part.headerHash == origin }
        // One that is gone, because it was old or never became durable, has others behind it.
        return parts.last.map { $0.number > number } ?? false
    }

    /// The next record; nil at the end. Asked again, it looks whether more has come.
    package func next() throws(JournalOpenError) -> JournalEntry? {
        while true {
            guard index < parts.count else {
                guard try findMore() else { return nil }
                continue
            }
            let part = parts[index]
            let reader = try current(part)
            if let end = part.end, sequence >= end, reader.offset > 0 {
                advance()
            } else if let entry = try takeLine(reader) {
                return entry
            } else if index + 1 < parts.count {
                advance()
            } else {
                // Even if there is another segment now: this one may have got records since its end was met.
                reader.resume()
                guard try findMore() else { return nil }
            }
        }
    }

    /// The next record that `query` asks for.
    package func next(matching query: JournalQuery) throws(JournalOpenError) -> JournalEntry? {
        while let entry = try next() {
            if query.matches(entry) { return entry }
        }
        return nil
    }

    private func current(_ part: SegmentSurvey.Part) throws(JournalOpenError) -> LineReader {
        if let reader { return reader }
        let opened = try LineReader(part.path)
        reader = opened
        return opened
    }

    private enum Step {
        case entry(JournalEntry), unreadable, tooLong, end
    }

    /// Nil at the end of the file.
    private func takeLine(_ reader: LineReader) throws(JournalOpenError) -> JournalEntry? {
        while true {
            let step: Step = try reader.next { line in
                switch line {
                case .whole(let bytes): JournalEntry(line: bytes).map(Step.entry) ?? .unreadable
                case .tooLong: .tooLong
                case .partial, .end: .end
                }
            }
            switch step {
            case .end: return nil
            case .unreadable: unreadableLines += 1
            case .tooLong:
                unreadableLines += 1
                reader.skipLine()
            case .entry(let entry):
                sequence = entry.sequence
                return completed(entry)
            }
        }
    }

    private func completed(_ entry: JournalEntry) -> JournalEntry {
        var entry = entry
        guard let requestID = entry.facts.requestID else { return entry }
        if entry.kind == .intent {
            if intents.count >= Self.maximumIntents { intents.removeAll() }
            intents[requestID] = entry.facts
        } else if entry.kind == .outcome, let intent = intents.removeValue(forKey: requestID) {
            entry.facts.inherit(intent)
        }
        return entry
    }

    private func advance() {
        index += 1
        reader = nil
        if index < parts.count, let end = parts[index].treeSize { sequence = min(sequence, end) }
    }

    /// Looks for segments that were created since.
    private func findMore() throws(JournalOpenError) -> Bool {
        let known = parts.last?.number ?? 0
        guard try SegmentList(directories: directories).segments.contains(where: { $0.number > known }) else {
            return false
        }
        let current = index < parts.count ? parts[index].number : known + 1
        let found = try SegmentSurvey(directories: directories).parts.filter { $0.number >= current }
        // A header that is only half there will be whole the next time.
        let readable = found.prefix { $0.previous != nil || $0.number == current }
        guard readable.contains(where: { $0.number > known }) else { return false }
        parts = Array(readable)
        index = 0
        if parts.first?.number != current { reader = nil }
        return true
    }
}

/// Where a reader has stopped.
package struct JournalPosition: Sendable, Equatable {
    package var segment: UInt64

    /// In the segment's bytes before any compression.
    package var offset: Int

    /// Of the last record read.
    package var sequence: UInt64

    package init(segment: UInt64, offset: Int, sequence: UInt64) {
        self.segment = segment
        self.offset = offset
        self.sequence = sequence
    }
}
