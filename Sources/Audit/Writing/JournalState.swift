// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What a journal knows and decides. A pure value: files, threads and clocks are elsewhere, every event is a method.
///
/// A record goes through `pending` (encoded), `writing` (in a write), `unsynced` (written) and is then durable. Until
/// then it is kept, and when a segment fails all that is kept is encoded again, behind the last durable record, for
/// the next segment. Times called `now` are nanoseconds of a monotonic clock, times called `time` microseconds UTC.
struct JournalState {
    let rules: JournalRules

    /// Behind everything encoded, and behind everything synced.
    var chain: ChainState
    var durable: ChainState

    /// Request ids of intents without an outcome, at `chain`.
    var open: Set<String>
    var health = JournalHealth.available

    /// The segment that is written to; nil when there is none that can be trusted.
    var current: Current?

    /// Number of the last segment that was opened, and of the last one records were encoded for.
    var lastOpened: UInt64
    var begun: UInt64
    var encodedBytes = 0

    /// The next record begins a segment.
    var needsSegment = true
    var failed: FailedSegment?

    /// Why the current segment is not in the first directory, if so.
    var fallback: JournalProblem?
    var abandoned: [UInt64] = []
    var places = SegmentPlaces()

    var pending: [Chunk] = []
    var writing: Chunk?
    var unsynced: [Chunk] = []
    var pendingBytes = 0

    /// Kept out of a segment that has only its reserve left.
    var held: [Chunk.Entry] = []

    /// Changes kept since the journal became unavailable, and those beyond the limit.
    var keptChanges = 0
    var lostChanges = 0

    /// Orders of an earlier generation are void: their segment has failed.
    var generation = 0
    var isOpening = false
    var isStopped = false

    var writeSince: UInt64?
    var syncSince: UInt64?
    var openSince: UInt64?

    /// Since when the watch has seen records that could be written and were not: whoever writes is caught elsewhere,
    /// such as in a segment that was given up.
    var untakenSince: UInt64?
    var unsyncedSince: UInt64 = 0
    var probeAt: UInt64 = 0

    var checkpointed: UInt64 = 0
    var checkpointAt: UInt64 = 0
    var isCheckpointForced = false

    /// The last checkpoint of a stop is tried once.
    var hasGivenUpSigning = false

    var counts = JournalCounts()
    var events: [JournalEvent] = []
    var spare: [UInt8] = []

    struct Current {
        let number: UInt64

        /// Of its header.
        let firstSequence: UInt64
        let openedAt: UInt64
        var writtenBytes: Int
    }

    init(rules: JournalRules, chain: ChainState = ChainState(), open: Set<String> = [], lastSegment: UInt64 = 0) {
        self.rules = rules
        self.chain = chain
        durable = chain
        self.open = open
        lastOpened = lastSegment
        begun = lastSegment
    }

    mutating func takeEvents() -> [JournalEvent] {
        defer { events = [] }
        return events
    }
}

/// The limits that `JournalState` decides by; times in nanoseconds.
struct JournalRules: Sendable {
    /// The journal's directory, for messages.
    var path = ""
    var durability = JournalDurability.strict
    var segmentBytes = 64 * 1024 * 1024
    var segmentAge: UInt64 = 24 * 3600 * 1_000_000_000
    var outcomeReserve = 8 * 1024 * 1024
    var maximumOpenIntents = 2048
    var maximumPendingBytes = 16 * 1024 * 1024
    var checkpointInterval: UInt64 = 10 * 1_000_000_000
    var checkpointRecords: UInt64 = 10_000
    var lazySyncDelay: UInt64 = 20_000_000
    var stallLimit: UInt64 = 2_000_000_000
    var probeInterval: UInt64 = 1_000_000_000

    /// Numbers of segments given up in a row; a header lists them.
    static let maximumAbandoned = 1000
    static let maximumHeld = 10_000

    /// Changes that have happened while nothing could be recorded, kept until that is possible again.
    static let maximumKeptChanges = 10_000

    init() {}

    init(_ configuration: JournalConfiguration) {
        path = configuration.directory
        durability = configuration.durability
        segmentBytes = configuration.segmentBytes
        segmentAge = configuration.segmentAge.nanoseconds
        outcomeReserve = configuration.outcomeReserve
        maximumOpenIntents = configuration.maximumOpenIntents
        maximumPendingBytes = configuration.maximumPendingBytes
        checkpointInterval = configuration.checkpointInterval.nanoseconds
        checkpointRecords = configuration.checkpointRecords
        lazySyncDelay = configuration.lazySyncDelay.nanoseconds
        stallLimit = configuration.stallLimit.nanoseconds
        probeInterval = configuration.probeInterval.nanoseconds
    }
}

extension Duration {
    /// Whole nanoseconds, at least 0.
    var nanoseconds: UInt64 {
        let parts = components
        guard parts.seconds >= 0, parts.attoseconds >= 0 else { return 0 }
        return UInt64(clamping: parts.seconds) * 1_000_000_000 + UInt64(parts.attoseconds / 1_000_000_000)
    }
}
