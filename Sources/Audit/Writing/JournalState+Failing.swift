// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension JournalState {
    /// The current segment is not trusted any more: a write or sync failed, or the file is not ours any more. All
    /// that is not durable goes to the next segment; nobody was told yet that it is.
    mutating func fail(_ problem: JournalProblem, time: Int64) {
        guard let current else { return }
        events.append(.segmentFailed(number: current.number, problem))
        counts.failedSegments += 1
        failed = FailedSegment(number: current.number, after: durable.sequence)
        self.current = nil
        rebuild(time: time)
    }

    /// A file with the number of the order was left behind: its number is used up.
    mutating func abandon(_ order: OpenOrder, now: UInt64, time: Int64) -> OpenOrder? {
        guard abandoned.count < JournalRules.maximumAbandoned else { return nil }
        abandoned.append(order.segment)
        isOpening = false
        rebuild(time: time)
        return beginOpen(now: max(now, probeAt))
    }

    /// No directory took the segment.
    mutating func cannotOpen(_ problem: JournalProblem, now: UInt64, time: Int64) -> SettledWaiters {
        var settled = SettledWaiters()
        isOpening = false
        openSince = nil
        probeAt = now + rules.probeInterval
        if current == nil {
            if health.problem == nil { events.append(.becameUnavailable(problem)) }
            health = .unavailable(problem)
            refuseWaiters(.unavailable(problem), into: &settled)
            rebuild(time: time)
        } else {
            keepToReserve(problem, into: &settled)
        }
        return settled
    }

    /// A probe is due that only a new segment can answer.
    mutating func probeIfDue(now: UInt64, time: Int64) {
        guard let due = probeDue, now >= due else { return }
        beginSegment(time: time)
    }

    /// When a segment is to be tried although no record waits for one; nil when that is not so.
    var probeDue: UInt64? {
        guard case .outcomesOnly = health, begun == current?.number, !isOpening else { return nil }
        return probeAt
    }

    /// For the watch: an operation on the disk that takes too long makes the journal unavailable until it returns. So
    /// does a thread that never comes to the next write.
    mutating func tick(now: UInt64, path: String) -> SettledWaiters {
        var settled = SettledWaiters()
        untakenSince = hasWritable ? untakenSince ?? now : nil
        if case .unavailable = health { return settled }
        guard let oldest = [writeSince, syncSince, openSince, untakenSince].compactMap({ $0 }).min(),
            now > oldest, now - oldest > rules.stallLimit
        else { return settled }
        let problem = JournalProblem(
            kind: .stalled, path: path, reason: "the disk has not answered for \(rules.stallLimit / 1_000_000) ms")
        health = .unavailable(problem)
        events.append(.becameUnavailable(problem))
        refuseWaiters(.unavailable(problem), into: &settled)
        return settled
    }

    mutating func resumeFromStall(time: Int64) {
        guard case .unavailable(let problem) = health, problem.kind == .stalled, current != nil else { return }
        resume(time: time)
    }

    mutating func resume(time: Int64) {
        let problem = health.problem
        health = .available
        events.append(.becameAvailable)
        let entries = held
        held = []
        for entry in entries { add(entry) }
        let note = RecoveryNote(
            reason: "audit-unavailable: \(problem?.kind.rawValue ?? "")", refused: counts.refusedInARow,
            lostChanges: lostChanges)
        counts.refusedInARow = 0
        (keptChanges, lostChanges) = (0, 0)
        add(Chunk.Entry(record: JournalRecord(time: time, content: .recovered(note))))
    }

    /// For the end: whoever still waits is told.
    mutating func refuseAll(_ error: JournalError, into settled: inout SettledWaiters) {
        refuseWaiters(error, into: &settled)
    }

    private mutating func refuseWaiters(_ error: JournalError, into settled: inout SettledWaiters) {
        let before = settled.results.count
        for index in unsynced.indices { unsynced[index].refuse(error, into: &settled) }
        writing?.refuse(error, into: &settled)
        for index in pending.indices { pending[index].refuse(error, into: &settled) }
        counts.refused += UInt64(settled.results.count - before)
        counts.refusedInARow += settled.results.count - before
    }

    /// Encodes everything that is not durable again, behind what is durable, for a new segment.
    private mutating func rebuild(time: Int64) {
        let entries = takeBack(unsynced + (writing.map { [$0] } ?? []) + pending)
        begun = lastOpened
        beginSegment(time: time)
        for entry in entries { add(entry) }
    }

    /// The current segment is sound, but there will be no next one: what does not need to be said now waits outside.
    private mutating func keepToReserve(_ problem: JournalProblem, into settled: inout SettledWaiters) {
        precondition(unsynced.isEmpty, "a segment is opened when all before it is durable")
        if health.problem == nil { events.append(.acceptsOutcomesOnly(problem)) }
        let error = JournalError.unavailable(problem)
        var chunks = (writing.map { [$0] } ?? []) + pending
        for index in chunks.indices { chunks[index].refuse(error, sparingOutcomes: true, into: &settled) }
        counts.refused += UInt64(settled.results.count)
        counts.refusedInARow += settled.results.count
        let entries = takeBack(chunks)
        begun = lastOpened
        needsSegment = false
        encodedBytes = current?.writtenBytes ?? 0
        health = .outcomesOnly(problem)
        for entry in entries {
            if entry.record.kind == .outcome || entry.record.kind == .intent {
                add(entry)
            } else if held.count < JournalRules.maximumHeld {
                held.append(entry)
            } else {
                counts.refused += 1
                counts.refusedInARow += 1
            }
        }
    }

    /// Takes `chunks`, which are all there are, out of the chain.
    /// - Returns: their records, without headers and without those whose callers were refused.
    private mutating func takeBack(_ chunks: [Chunk]) -> [Chunk.Entry] {
        let entries = chunks.flatMap(\.entries)
        for entry in entries.reversed() { undo(entry.record) }
        generation += 1
        unsynced = []
        writing = nil
        writeSince = nil
        pending = []
        pendingBytes = 0
        encodedBytes = 0
        chain = durable
        return entries.filter { $0.record.kind != .segment && !$0.isRefused }
    }
}
