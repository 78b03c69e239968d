// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One pass over a journal.
struct VerificationRun {
    private let survey: SegmentSurvey
    private let tombstone: Tombstone?
    private var checkpoints: [CheckpointTrail]
    private var walk = ChainWalk()
    private var segment = ""
    private var line = 0
    private var uncoveredHeaders: [(segment: String, sequence: UInt64)] = []
    private var holdsChanges = false
    private var unsigned = UnsignedTail()
    var result = JournalVerification()

    private static let progressBytes = 1024 * 1024

    init(survey: SegmentSurvey, checkpoints: [CheckpointTrail], tombstone: Tombstone?) {
        var survey = survey
        // What a removal that was cut short has left behind is spoken for by the tombstone, too.
        if let tombstone { survey.drop(before: tombstone.firstSegment) }
        self.survey = survey
        self.tombstone = tombstone
        self.checkpoints = checkpoints
    }

    var finished: JournalVerification {
        var result = result
        result.records = walk.chain.sequence - result.removed
        result.openIntents = walk.open.count
        result.checkpoints = checkpoints.map(\.count).reduce(0, +)
        return result
    }

    mutating func verifyAll(_ progress: (Int, Int) -> Void) throws(VerificationStop) {
        var previous = try beginBehindTombstone()
        for (index, part) in survey.parts.enumerated() {
            let isLast = index == survey.parts.count - 1
            segment = part.name
            line = 0
            if let named = part.previous, named != previous {
                segment = SegmentName.file(named > previous ? named : previous + 1)
                throw bad("the segment is missing")
            }
            previous = part.number
            try verify(part, isLast: isLast, progress)
            result.segments += 1
        }
        progress(result.bytes, survey.totalBytes)
        try finish()
    }

    /// - Returns: number of the segment before the first one that is there.
    private mutating func beginBehindTombstone() throws(VerificationStop) -> UInt64 {
        guard let tombstone else { return 0 }
        segment = SegmentName.file(tombstone.firstSegment)
        guard let first = survey.parts.first, first.number == tombstone.firstSegment else {
            throw bad("the segment is missing")
        }
        guard let header = first.header, header.tree.size == tombstone.size, header.tree.root == tombstone.root else {
            line = 1
            throw bad("it does not begin where the removed segments end")
        }
        walk = ChainWalk(chain: ChainState(hash: tombstone.hash, tree: header.tree), open: Set(header.open))
        result.removed = tombstone.size
        for index in checkpoints.indices {
            try reading { () throws(JournalOpenError) in
                while let next = checkpoints[index].next, next.size < tombstone.size {
                    try checkpoints[index].advance()
                }
            }
        }
        // The tombstone itself is a signed statement about the records up to it.
        result.covered = tombstone.size
        try compareRoots()
        return header.previous
    }

    private mutating func verify(
        _ part: SegmentSurvey.Part, isLast: Bool, _ progress: (Int, Int) -> Void
    ) throws(VerificationStop) {
        let reader = try reading { () throws(JournalOpenError) in try LineReader(part.path) }
        let start = result.bytes
        var reported = start
        try compareSpare(of: part)
        walk.beginSegment()
        while part.end.map({ walk.chain.sequence < $0 }) ?? true {
            line += 1
            guard try takeLine(reader, isLast: isLast, known: part.byteCount) else { break }
            result.bytes = start + reader.offset
            if result.bytes - reported >= Self.progressBytes {
                reported = result.bytes
                progress(reported, survey.totalBytes)
            }
        }
        if let end = part.end, walk.chain.sequence != end {
            throw bad("it ends at record \(walk.chain.sequence), but the next segment follows record \(end)")
        }
    }

    /// The gateway removes the segment once its compressed form reads back as it was; nobody else leaves both.
    private func compareSpare(of part: SegmentSurvey.Part) throws(VerificationStop) {
        let spare = part.path + SegmentName.compressed
        guard survey.spares.contains(spare) else { return }
        let isSame = try reading { () throws(JournalOpenError) in try SegmentBytes.areSame(part.path, spare) }
        guard isSame else { throw bad("a compressed file that is not the same stands beside it") }
    }

    /// False at the end of the file.
    /// - Parameter known: its length when the checkpoints had been opened: they cannot speak of what came later.
    private mutating func takeLine(
        _ reader: LineReader, isLast: Bool, known: Int
    ) throws(VerificationStop) -> Bool {
        let isNew = isLast && reader.offset >= known
        let step = try reading { () throws(JournalOpenError) in try reader.next { take($0, isLast: isLast) } }
        switch step {
        case .end: return false
        case .bad(let reason): throw bad(reason)
        case .taken(let kind, let time):
            if !isNew { unsigned.add(time) }
            if kind == .segment { uncoveredHeaders.append((segment, walk.chain.sequence)) }
            if kind == .intent || kind == .admin { holdsChanges = true }
            try compareRoots()
            return true
        }
    }

    private enum Step {
        case taken(JournalRecord.Kind, time: Int64?), end, bad(String)
    }

    private mutating func take(_ next: LineReader.Line, isLast: Bool) -> Step {
        switch next {
        case .whole(let bytes):
            do throws(WalkProblem) {
                let record = try walk.take(bytes)
                return .taken(record.kind, time: record.time)
            } catch {
                return .bad(error.reason)
            }
        case .partial(let count):
            guard isLast else { return .bad("the record is cut off") }
            result.unfinishedBytes = count
            return .end
        case .tooLong: return .bad("the line is too long")
        case .end: return .end
        }
    }

    private mutating func compareRoots() throws(VerificationStop) {
        let size = walk.chain.sequence
        for index in checkpoints.indices {
            while let next = checkpoints[index].next, next.size <= size {
                guard next.size == size, next.root == walk.chain.tree.root else {
                    throw bad("the records up to here are not those a checkpoint was signed for")
                }
                result.covered = max(result.covered, size)
                uncoveredHeaders.removeAll { $0.sequence <= size }
                unsigned = UnsignedTail()
                try reading { () throws(JournalOpenError) in try checkpoints[index].advance() }
            }
            if let bad = checkpoints[index].bad { throw .bad(bad) }
        }
    }

    private mutating func finish() throws(VerificationStop) {
        line = 0
        for trail in checkpoints {
            if let bad = trail.bad { throw .bad(bad) }
            guard let next = trail.next else { continue }
            throw bad("it ends at record \(walk.chain.sequence), but a checkpoint was signed for \(next.size) records")
        }
        // Each segment is signed for right after it is begun; a crash can leave out one.
        if uncoveredHeaders.count > 1 || (result.covered == result.removed && holdsChanges) {
            segment = uncoveredHeaders.first?.segment ?? segment
            throw bad("no checkpoint was signed for its records")
        }
        if UnsignedTail.isTooLong(records: unsigned.records, span: unsigned.span) {
            throw bad(
                "no checkpoint was signed for the last \(unsigned.records) records, "
                    + "\(unsigned.span / 1_000_000) s: none could be written, or they were cut off")
        }
    }

    private func bad(_ reason: String) -> VerificationStop {
        .bad(BadRecord(segment: segment, line: line, sequence: walk.chain.sequence + 1, reason: reason))
    }

    private func reading<Result>(
        _ body: () throws(JournalOpenError) -> Result
    ) throws(VerificationStop) -> Result {
        do throws(JournalOpenError) {
            return try body()
        } catch {
            // A compressed segment that cannot be unpacked is damage like any other.
            if case .damaged(_, _, let reason) = error { throw bad(reason) }
            throw .unreadable(error)
        }
    }
}
