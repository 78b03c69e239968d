// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension JournalState {
    /// Encodes `records`, all or none.
    /// - Returns: number of the last one.
    mutating func append(_ records: [JournalRecord], waiter: JournalWaiter? = nil) throws(JournalError) -> UInt64 {
        guard !isStopped else { throw .stopped }
        for record in records { try record.check() }
        try checkPairing(records)
        try admit(records)
        for (index, record) in records.enumerated() {
            add(Chunk.Entry(record: record, waiter: index == records.count - 1 ? waiter : nil))
        }
        counts.appended += UInt64(records.count)
        return chain.sequence
    }

    private mutating func admit(_ records: [JournalRecord]) throws(JournalError) {
        let problem: JournalProblem
        switch health {
        case .available:
            if pendingBytes <= rules.maximumPendingBytes { return }
            problem = JournalProblem(kind: .stalled, path: rules.path, reason: "too many records wait for the disk")
        case .outcomesOnly(let cause):
            let room = rules.segmentBytes + rules.outcomeReserve - encodedBytes
            let areOutcomes = records.allSatisfy { $0.kind == .outcome }
            if areOutcomes && records.count * RecordLimits.outcomeBytes <= room { return }
            problem = cause
        case .unavailable(let cause):
            problem = cause
        }
        // The caller is refused, but what has happened is recorded when it can be.
        for record in records where record.hasHappened { keep(record) }
        counts.refused += 1
        counts.refusedInARow += 1
        throw .unavailable(problem)
    }

    /// There are no more outcomes than calls in flight; changes have a limit of their own.
    private mutating func keep(_ record: JournalRecord) {
        // Too many records that wait for a disk at work: it takes this one, too, or becomes unavailable in a moment.
        if record.kind == .outcome || health == .available { return add(Chunk.Entry(record: record)) }
        guard keptChanges < JournalRules.maximumKeptChanges else {
            lostChanges += 1
            return
        }
        keptChanges += 1
        if case .outcomesOnly = health {
            // What is left of the segment is for outcomes.
            held.append(Chunk.Entry(record: record))
        } else {
            add(Chunk.Entry(record: record))
        }
    }

    private func checkPairing(_ records: [JournalRecord]) throws(JournalError) {
        var changes: [String: Bool] = [:]
        var count = open.count
        for record in records {
            switch record.content {
            case .intent(let intent):
                guard !(changes[intent.requestID] ?? open.contains(intent.requestID)) else {
                    throw .duplicateIntent(requestID: intent.requestID)
                }
                guard count < rules.maximumOpenIntents else {
                    throw .tooManyOpenIntents(limit: rules.maximumOpenIntents)
                }
                count += 1
                if records.count > 1 { changes[intent.requestID] = true }
            case .outcome(let outcome):
                guard changes[outcome.requestID] ?? open.contains(outcome.requestID) else {
                    throw .unknownIntent(requestID: outcome.requestID)
                }
                count -= 1
                if records.count > 1 { changes[outcome.requestID] = false }
            case .denied, .admin, .start, .stop, .recovered, .segment: break
            }
        }
    }

    /// Gives a record its place in the chain, in the next segment if it does not fit into this one.
    mutating func add(_ entry: Chunk.Entry) {
        if needsSegment { beginSegment(time: entry.record.time) }
        if !encode(entry) {
            beginSegment(time: entry.record.time)
            let fits = encode(entry)
            precondition(fits, "a segment has room for at least one record")
        }
    }

    /// False, and nothing changed, when the segment has no room for it.
    private mutating func encode(_ entry: Chunk.Entry) -> Bool {
        if pending.last?.segment != begun || pending.last?.after != nil {
            pending.append(Chunk(segment: begun, firstSequence: chain.sequence + 1, buffer: takeSpare()))
        }
        let last = pending.count - 1
        let before = pending[last].bytes.count
        let hash = entry.record.append(to: &pending[last].bytes, after: chain, durable: durable.sequence)
        let size = pending[last].bytes.count - before
        let holdsRecords = encodedBytes > 0 && !isHeaderAlone
        if holdsRecords && encodedBytes + size > encodingLimit {
            pending[last].bytes.removeLast(size)
            if pending[last].entries.isEmpty { pending.removeLast() }
            return false
        }
        pending[last].add(entry)
        encodedBytes += size
        pendingBytes += size
        chain.advance(hash)
        apply(entry.record)
        return true
    }

    private var isHeaderAlone: Bool {
        guard let last = pending.last, last.segment == begun, last.entries.count == 1 else { return false }
        return last.entries[0].record.kind == .segment
    }

    private var encodingLimit: Int {
        if case .outcomesOnly = health { rules.segmentBytes + rules.outcomeReserve } else { rules.segmentBytes }
    }

    /// Begins the next segment with its header; the file is created when its turn comes.
    mutating func beginSegment(time: Int64) {
        closeLastChunk()
        let number = max(begun, lastOpened, abandoned.last ?? 0) + 1
        let header = SegmentHeader(
            number: number, previous: begun, durability: rules.durability, tree: chain.tree, open: open.sorted(),
            failed: failed?.number == begun ? failed : nil, abandoned: begun == lastOpened ? abandoned : [])
        begun = number
        encodedBytes = 0
        needsSegment = false
        let fits = encode(Chunk.Entry(record: JournalRecord(time: time, content: .segment(header))))
        precondition(fits, "a header is the first record of its segment")
    }

    private mutating func closeLastChunk() {
        guard !pending.isEmpty else { return }
        pending[pending.count - 1].after = pending[pending.count - 1].after ?? chain
    }

    private mutating func takeSpare() -> [UInt8] {
        defer { spare = [] }
        return spare
    }

    private mutating func apply(_ record: JournalRecord) {
        switch record.content {
        case .intent(let intent): open.insert(intent.requestID)
        case .outcome(let outcome): open.remove(outcome.requestID)
        case .denied, .admin, .start, .stop, .recovered, .segment: break
        }
    }

    /// Takes back what `apply` did; entries must be undone last first.
    mutating func undo(_ record: JournalRecord) {
        switch record.content {
        case .intent(let intent): open.remove(intent.requestID)
        case .outcome(let outcome): open.insert(outcome.requestID)
        case .denied, .admin, .start, .stop, .recovered, .segment: break
        }
    }
}
