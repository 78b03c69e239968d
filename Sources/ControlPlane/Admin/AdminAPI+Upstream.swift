// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Hummingbird
import RateLimits

/// What only a running gateway knows of its limits.
package struct RunningLimits: Sendable {
    /// How calls to WegoWise fare.
    let upstream: @Sendable () -> JSONTree

    /// What is left for calls of a home user; nil if there is none of that name.
    let standing: @Sendable (HomeUserName, TenantName) -> LimitStanding?

    package init(
        upstream: @escaping @Sendable () -> JSONTree,
        standing: @escaping @Sendable (HomeUserName, TenantName) -> LimitStanding?
    ) {
        self.upstream = upstream
        self.standing = standing
    }
}

extension AdminAPI {
    @Sendable func showUpstream(_ request: Request, context: AdminContext) throws -> Response {
        .json(try requireRunning().upstream())
    }

    @Sendable func showStanding(_ request: Request, context: AdminContext) async throws -> Response {
        let name: HomeUserName = try name(in: context)
        let tenant = try tenant(named: tenantFilter(of: request)?.rawValue)
        let user = try await store { try $0.homeUser(name, in: tenant) }
        let states = try requireRunning().standing(user.name, user.tenant)?.states ?? []
        return .json(.members(["limits": .array(states.compactMap(\.tree))]))
    }

    private func requireRunning() throws -> RunningLimits {
        guard let running else {
            throw AdminProblem(
                status: 503, kind: "no-gateway", title: "No gateway is running.",
                detail: "Only a running gateway counts calls and knows how they fare. Start `wego-gateway serve`.")
        }
        return running
    }
}

extension LimitState {
    /// Nil for what does not count calls in time.
    fileprivate var tree: JSONTree? {
        guard let window else { return nil }
        return .members([
            "policy": .string(name), "quota": .int(Int64(window.permits)),
            "window_seconds": .int(Int64(window.periodSeconds)), "burst": .int(Int64(window.burst)),
            "remaining": .int(Int64(remaining)), "full_in_seconds": .int(Int64(fullInSeconds)),
        ])
    }
}

extension UpstreamGuardStatus {
    /// - Parameter now: on the clock the status is of.
    package func tree(now: Int64, waiting: Int) -> JSONTree {
        .members([
            "circuit_breaker": .string(breakerText), "circuit_breaker_openings": .int(Int64(openings)),
            "concurrency_limit": .int(Int64(concurrency.limit)),
            "connections": .int(Int64(concurrency.maximum)), "calls_under_way": .int(Int64(concurrency.inFlight)),
            "retries_left": .int(Int64(retriesLeft)), "waiting_calls": .int(Int64(waiting)),
            "pauses": .array(pauses.map { Self.tree($0, now) }),
        ])
    }

    private var breakerText: String {
        switch breaker {
        case .closed: "closed"
        case .open: "open"
        case .probing: "probing"
        }
    }

    private static func tree(_ pause: Pause, _ now: Int64) -> JSONTree {
        let left = LimitTime.secondsRoundedUp(max(0, pause.coolDown.pausedUntil - now))
        return .members([
            "tenant": .string(pause.consumer.tenant), "consumer": .string(pause.consumer.name),
            "state": .string(left > 0 ? "paused" : "opening"), "seconds_left": .int(Int64(left)),
            "calls_at_once": .int(left > 0 ? 0 : Int64(pause.coolDown.places)),
        ])
    }
}
