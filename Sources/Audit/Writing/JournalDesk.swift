// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Everything the journal's threads share, behind one lock: the state, the open file, and who sleeps.
struct JournalDesk {
    var state: JournalState
    var file: SegmentFile?

    /// The writing thread waits for a signal.
    var isWriterParked = false

    /// The syncing thread, and the one that signs and inspects, wake by themselves at these times; nil while they work.
    var syncerParkedUntil: UInt64?
    var notaryParkedUntil: UInt64?
    var inspectAt: UInt64 = 0

    /// Threads end at once and leave everything as it is, as a kill would.
    var isAbandoned = false

    struct Wakes {
        var writer = false
        var syncer = false
        var notary = false
    }

    /// Whom to wake for what there is to do now. Whoever gets the answer must signal.
    mutating func wakes() -> Wakes {
        var wakes = Wakes()
        if isWriterParked && (state.hasWritable || state.isStopped || isAbandoned) {
            isWriterParked = false
            wakes.writer = true
        }
        if let until = syncerParkedUntil, nextSyncerWork < until {
            syncerParkedUntil = nil
            wakes.syncer = true
        }
        if let until = notaryParkedUntil, nextNotaryWork < until {
            notaryParkedUntil = nil
            wakes.notary = true
        }
        return wakes
    }

    /// When the syncing thread has something to do; 0 for now.
    private var nextSyncerWork: UInt64 {
        if state.isStopped || isAbandoned { return 0 }
        return [state.syncDue, state.openDue, state.probeDue].compactMap { $0 }.min() ?? .max
    }

    private var nextNotaryWork: UInt64 {
        state.isStopped || isAbandoned ? 0 : state.checkpointDue ?? .max
    }

    // MARK: The writing thread, or a caller in its place

    enum WriterStep {
        case write(JournalState.WriteOrder, SegmentFile)
        case park, exit
    }

    mutating func nextWrite(now: UInt64) -> WriterStep {
        if isAbandoned { return .exit }
        if let write = beginWrite(now: now) { return .write(write.order, write.file) }
        if state.isStopped { return .exit }
        isWriterParked = true
        return .park
    }

    mutating func beginWrite(now: UInt64) -> (order: JournalState.WriteOrder, file: SegmentFile)? {
        guard let file, let order = state.beginWrite(now: now) else { return nil }
        return (order, file)
    }

    // MARK: The syncing thread

    enum SyncerStep {
        case sync(JournalState.SyncOrder, SegmentFile)
        /// `full` is the segment before, if it is sound, with its length.
        case open(JournalState.OpenOrder, full: (file: SegmentFile, byteCount: Int)?)
        case park(until: UInt64)
        case exit
    }

    mutating func nextSync(now: UInt64, time: Int64) -> SyncerStep {
        if isAbandoned { return .exit }
        state.probeIfDue(now: now, time: time)
        if let file, let order = state.beginSync(now: now) { return .sync(order, file) }
        let full = file.flatMap { file in state.current.map { (file: file, byteCount: $0.writtenBytes) } }
        if let order = state.beginOpen(now: now) { return .open(order, full: full) }
        if isOver { return .exit }
        let until = state.isStopped ? now + Self.stoppingPause : nextSyncerWork
        syncerParkedUntil = until
        return .park(until: until)
    }

    /// Between looks at whether everything is done, in nanoseconds; only while stopping.
    private static let stoppingPause: UInt64 = 10_000_000

    private var isOver: Bool {
        state.isStopped && (state.isDrained || state.health != .available)
    }

    // MARK: The thread that signs and inspects

    enum NotaryStep {
        case checkpoint(ChainState)
        case inspect(SegmentFile, byteCount: Int)
        case park(until: UInt64)
        case exit
    }

    mutating func nextNotary(now: UInt64, time: Int64, inspectionInterval: UInt64) -> NotaryStep {
        if isAbandoned { return .exit }
        state.rotateIfOld(now: now, time: time)
        if let chain = state.beginCheckpoint(now: now) { return .checkpoint(chain) }
        if now >= inspectAt {
            inspectAt = now + inspectionInterval
            if let file, let current = state.current { return .inspect(file, byteCount: current.writtenBytes) }
        }
        if isOver { return .exit }
        let until = state.isStopped ? now + Self.stoppingPause : min(nextNotaryWork, inspectAt)
        notaryParkedUntil = until
        return .park(until: until)
    }

    /// The outcome of a failed write or sync was told to the state; the file goes with its segment.
    mutating func dropFailedFile() {
        if state.current == nil { file = nil }
    }
}
