// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Logging
import ServiceLifecycle
import Settings

/// Compresses complete segments and removes those that are old enough, off the path of requests.
struct JournalUpkeepService: Service {
    let journal: Journal
    let upkeep: JournalUpkeep
    let logger: Logger

    /// Between two passes; the first comes with the start.
    private static let interval = Duration.seconds(600)

    init(_ journal: Journal, _ settings: GatewaySettings.Audit, _ logger: Logger) {
        self.journal = journal
        self.logger = logger
        upkeep = JournalUpkeep(retention: settings.retention)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await pass()
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func pass() async {
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
