// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import ControlPlane
import Custody
import Gateway
import Logging
import RateLimits
import Settings

extension Composition {
    /// What is used up of long limits goes on where the last process left it. Blocks.
    static func limitKeeper(
        _ settings: GatewaySettings, _ store: SQLiteStore, _ journal: GatewayJournal, _ services: Services,
        _ logger: Logger
    ) throws -> LimitKeeper {
        let file = LimitFile(path: settings.stateDirectoryPath + "/limits")
        let restoration = LimitRestoration(
            limiter: services.limits.own, rules: services.limitRules, snapshot: store.snapshot,
            pseudonyms: journal.names)
        let count = try restoration.run(file, journal: settings.auditDirectoryPaths, services.clock.moment)
        if count > 0 {
            logger.notice(
                "Calls that the last gateway made before it was cut off are counted again.",
                metadata: ["calls": "\(count)"])
        }
        let keeper = LimitKeeper(services.limits.own, file, clock: services.clock, logger: logger) {
            journal.journal.status.segment
        }
        // From now on there is a file that tells where to look in the journal.
        keeper.writeIfChanged()
        return keeper
    }

    /// One line at most a second and kind.
    static func logShadowRefusals(to logger: Logger) -> @Sendable (ShadowRefusal) -> Void {
        { refusal in
            logger.notice(
                "A policy in shadow mode would have refused a call.",
                metadata: [
                    "policy": "\(refusal.violation.kind.rawValue)", "tenant": "\(refusal.subject?.tenant ?? "-")",
                    "name": "\(refusal.subject?.name ?? "-")", "reason": "\(refusal.violation.reason.word)",
                    "calls": "\(refusal.count)",
                ])
        }
    }

    /// For `limits show`.
    static func runningLimits(_ plane: DataPlane) -> RunningLimits {
        RunningLimits {
            let (status, now) = plane.upstreamStatus
            return status.tree(now: now, waiting: plane.waitingCalls)
        } standing: {
            plane.limitStanding(of: $0, in: $1)
        }
    }

    /// For `/readyz`, in numbers only: anybody on this machine may read it.
    static func upstreamSummary(_ plane: DataPlane) -> JSONTree {
        let (status, _) = plane.upstreamStatus
        return .members([
            "circuit_breaker": .string(status.breaker == .closed ? "closed" : "open"),
            "paused_consumers": .int(Int64(status.pauses.count)),
            "concurrency_limit": .int(Int64(status.concurrency.limit)),
            "calls_under_way": .int(Int64(status.concurrency.inFlight)),
            "waiting_calls": .int(Int64(plane.waitingCalls)),
        ])
    }
}

extension LimitViolation.Reason {
    fileprivate var word: String {
        switch self {
        case .rate: "rate"
        case .concurrency: "concurrency"
        case .fairShare: "fair share"
        case .fairConcurrency: "fair share of concurrency"
        }
    }
}
