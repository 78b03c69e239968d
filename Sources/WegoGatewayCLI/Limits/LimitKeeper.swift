// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Gateway
import Logging
import RateLimits
import Synchronization

/// Writes down what is owed on long windows, so that a restart hands out no fresh quota.
final class LimitKeeper: Sendable {
    private struct State {
        /// Of the limiter, when it was last written.
        var changes: UInt64?
        var earliest = ContinuousClock.now
        var isFailing = false
    }

    private let limiter: Limiter
    private let file: LimitFile

    /// The journal's segment at this moment: calls that are not yet in the file are there or in later ones.
    private let segment: @Sendable () -> UInt64?
    private let clock: any TimeSource
    private let logger: Logger
    private let state = Mutex(State())

    /// Writing takes at most one part in so many of the time.
    private static let share = 20

    init(
        _ limiter: Limiter, _ file: LimitFile, clock: any TimeSource, logger: Logger,
        segment: @escaping @Sendable () -> UInt64?
    ) {
        self.limiter = limiter
        self.file = file
        self.clock = clock
        self.logger = logger
        self.segment = segment
    }

    /// Blocks. Writes if something has changed and the last writing was not just now.
    func writeIfChanged() {
        let changes = limiter.keptChanges
        let isDue = state.withLock { $0.changes != changes && $0.earliest <= .now }
        if isDue { write(mark: segment() ?? 0, changes) }
    }

    /// Blocks. The last one: no call comes any more.
    func finish() {
        write(mark: 0, limiter.keptChanges)
    }

    private func write(mark: UInt64, _ changes: UInt64) {
        let start = ContinuousClock.now
        var records = limiter.records(clock.moment)
        records.mark = mark
        let failure = file.write(records)
        let isNew = state.withLock { state in
            let isNew = state.isFailing != (failure != nil)
            state.isFailing = failure != nil
            if failure == nil { state.changes = changes }
            state.earliest = .now + (.now - start) * Self.share
            return isNew
        }
        guard isNew else { return }
        if let failure {
            logger.error(
                "What is used up of long limits cannot be written down; a restart now would hand it out again.",
                metadata: ["file": "\(file.path)", "reason": "\(failure)"])
        } else {
            logger.notice("What is used up of long limits is written down again.", metadata: ["file": "\(file.path)"])
        }
    }
}

extension TimeSource {
    /// This moment on both clocks of limits; the wall clock is the one that the journal's records are stamped by.
    var moment: LimitMoment {
        LimitMoment(monotonic: Int64(now.uptimeNanoseconds), wall: JournalClock.utc * 1000)
    }
}
