// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Logging
import ServiceLifecycle
import Settings
import Synchronization

/// Compresses complete segments and removes those that are old enough, off the path of requests.
final class JournalUpkeepService: Service, Sendable {
    private let journal: Journal
    private let upkeep: JournalUpkeep
    private let logger: Logger
    private let isBusy = Mutex(false)

    /// Between two passes; the first comes with the start.
    private static let interval = Duration.seconds(600)

    /// How long a stop waits for a pass. Cut short, it goes on at the next start.
    private static let patience = Duration.seconds(5)
    private static let pause = Duration.milliseconds(20)

    init(_ journal: Journal, _ settings: GatewaySettings.Audit, _ logger: Logger) {
        self.journal = journal
        self.logger = logger
        upkeep = JournalUpkeep(retention: settings.retention)
    }

    func run() async throws {
        let passes = Task {
            while !Task.isCancelled {
                await pass()
                try? await Task.sleep(for: Self.interval)
            }
        }
        try? await gracefulShutdown()
        passes.cancel()
        // Not for ever: a pass may hang in the disk.
        let deadline = ContinuousClock.now + Self.patience
        while !Task.isCancelled, isBusy.withLock({ $0 }), ContinuousClock.now < deadline {
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func pass() async {
        isBusy.withLock { $0 = true }
        defer { isBusy.withLock { $0 = false } }
        let result = await Blocking.run { [journal, upkeep] in
            Result { () throws(JournalOpenError) in try journal.upkeep(upkeep, now: JournalClock.utc) }
        }
        switch result {
        case .success(let report) where report.compressedSegments + report.removedSegments == 0: break
        case .success(let report):
            logger.info(
                "Complete segments of the audit journal were put away.",
                metadata: ["compressed": "\(report.compressedSegments)", "removed": "\(report.removedSegments)"])
        case .failure(let error):
            logger.warning(
                "Complete segments of the audit journal could not be put away.",
                metadata: ["reason": "\(error.explanation)"])
        }
    }
}
