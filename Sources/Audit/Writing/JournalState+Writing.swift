// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension JournalState {
    struct WriteOrder {
        let generation: Int
        let segment: UInt64
        var bytes: [UInt8]
    }

    struct SyncOrder {
        let generation: Int
        let chunks: Int
        let since: UInt64
    }

    struct OpenOrder {
        let generation: Int
        let segment: UInt64
        let bytes: [UInt8]
    }

    // MARK: Writing

    var hasWritable: Bool {
        guard writing == nil, !isOpening, let first = pending.first, let current else { return false }
        return first.segment == current.number
    }

    /// Takes what waits for the current segment. Whoever gets an order makes the write and reports it with `wrote`.
    mutating func beginWrite(now: UInt64) -> WriteOrder? {
        guard hasWritable else { return nil }
        let bytes = takeFirstChunk()
        writeSince = now
        untakenSince = nil
        return WriteOrder(generation: generation, segment: writing?.segment ?? begun, bytes: bytes)
    }

    private mutating func takeFirstChunk() -> [UInt8] {
        var chunk = pending.removeFirst()
        chunk.after = chunk.after ?? chain
        let bytes = chunk.bytes
        chunk.bytes = []
        pendingBytes -= bytes.count
        writing = chunk
        return bytes
    }

    mutating func wrote(
        _ order: WriteOrder, _ result: Result<Void, JournalProblem>, now: UInt64, time: Int64
    ) -> SettledWaiters {
        var settled = SettledWaiters()
        guard order.generation == generation, var chunk = writing else { return settled }
        writeSince = nil
        switch result {
        case .success:
            writing = nil
            counts.writes += 1
            current?.writtenBytes += order.bytes.count
            chunk.settle(.written, into: &settled)
            if unsynced.isEmpty { unsyncedSince = now }
            unsynced.append(chunk)
            recycle(order.bytes)
            resumeFromStall(time: time)
        case .failure(let problem):
            fail(problem, time: time)
        }
        return settled
    }

    private mutating func recycle(_ buffer: [UInt8]) {
        guard buffer.capacity > spare.capacity, buffer.capacity <= 1024 * 1024 else { return }
        spare = buffer
        spare.removeAll(keepingCapacity: true)
    }

    // MARK: Syncing

    /// When the next sync is due; nil when there is nothing to sync.
    var syncDue: UInt64? {
        guard !unsynced.isEmpty, syncSince == nil else { return nil }
        if isStopped || needsOpening || unsynced.contains(where: { $0.waiters > 0 }) { return 0 }
        return unsyncedSince + rules.lazySyncDelay
    }

    mutating func beginSync(now: UInt64) -> SyncOrder? {
        guard let due = syncDue, now >= due else { return nil }
        syncSince = now
        return SyncOrder(generation: generation, chunks: unsynced.count, since: now)
    }

    mutating func synced(
        _ order: SyncOrder, _ result: Result<Void, JournalProblem>, now: UInt64, time: Int64
    ) -> SettledWaiters {
        var settled = SettledWaiters()
        syncSince = nil
        guard order.generation == generation else { return settled }
        switch result {
        case .success:
            let duration = (now - order.since) / 1000
            counts.syncs += 1
            counts.syncMicroseconds += duration
            counts.longestSyncMicroseconds = max(counts.longestSyncMicroseconds, duration)
            unsyncedSince = now
            let chunks = Array(unsynced.prefix(order.chunks))
            unsynced.removeFirst(order.chunks)
            becameDurable(chunks, time: time, into: &settled)
            resumeFromStall(time: time)
        case .failure(let problem):
            fail(problem, time: time)
        }
        return settled
    }

    private mutating func becameDurable(_ chunks: [Chunk], time: Int64, into settled: inout SettledWaiters) {
        guard let after = chunks.last?.after else { return }
        durable = after
        for var chunk in chunks {
            chunk.settle(.durable, into: &settled)
            for entry in chunk.entries where entry.isRefused { recordThatNothingCame(of: entry.record, time: time) }
        }
    }

    /// An intent, or the beginning of a change, became durable after all, although its caller was refused.
    private mutating func recordThatNothingCame(of record: JournalRecord, time: Int64) {
        let problem = "audit-unavailable"
        switch record.content {
        case .intent(let intent) where open.contains(intent.requestID):
            var outcome = CallOutcome(requestID: intent.requestID, result: .notSent)
            outcome.problem = problem
            add(Chunk.Entry(record: JournalRecord(time: time, content: .outcome(outcome))))
        case .admin(var event) where event.result == .begun:
            event.result = .failed
            event.problem = problem
            event.new = event.old
            add(Chunk.Entry(record: JournalRecord(time: time, content: .admin(event))))
        default: break
        }
    }

    // MARK: Opening segments

    /// The first pending records belong to a segment that is not open yet.
    var needsOpening: Bool {
        guard let first = pending.first else { return false }
        return first.segment != current?.number
    }

    /// When the next segment is to be created; nil when none is, or when records of this one must go first.
    var openDue: UInt64? {
        needsOpening && !isOpening && writing == nil && unsynced.isEmpty && syncSince == nil ? probeAt : nil
    }

    mutating func beginOpen(now: UInt64) -> OpenOrder? {
        guard let due = openDue, now >= due else { return nil }
        isOpening = true
        openSince = openSince ?? now
        let bytes = takeFirstChunk()
        return OpenOrder(generation: generation, segment: writing?.segment ?? begun, bytes: bytes)
    }

    /// - Parameter refusal: why the first directory did not take the segment, if so.
    mutating func opened(
        _ order: OpenOrder, path: String, insteadOf refusal: JournalProblem? = nil, now: UInt64, time: Int64
    ) -> SettledWaiters {
        var settled = SettledWaiters()
        isOpening = false
        openSince = nil
        guard let chunk = writing else { return settled }
        writing = nil
        probeAt = 0
        lastOpened = order.segment
        current = Current(
            number: order.segment, firstSequence: chunk.firstSequence, openedAt: now, writtenBytes: order.bytes.count)
        failed = nil
        abandoned = []
        isCheckpointForced = true
        counts.segments += 1
        places.add(order.segment, at: path)
        if let refusal {
            counts.fallbackSegments += 1
            if refusal != fallback { events.append(.directoryRefused(refusal)) }
        }
        fallback = refusal
        events.append(.segmentOpened(number: order.segment, path: path))
        becameDurable([chunk], time: time, into: &settled)
        if health != .available { resume(time: time) }
        return settled
    }

    /// Records go to a new segment from the next one on. If this one holds any, it ends at once: what an idle gateway
    /// has recorded gets old, too, and only complete segments are removed.
    mutating func rotateIfOld(now: UInt64, time: Int64) {
        guard let current, begun == current.number, now >= current.openedAt + rules.segmentAge else { return }
        needsSegment = true
        let holdsRecords = chain.sequence > current.firstSequence
        if holdsRecords, health == .available, !isStopped { beginSegment(time: time) }
    }
}
