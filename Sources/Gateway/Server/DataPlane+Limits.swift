// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import RateLimits

/// What limits need from time to time, and what they have to tell.
extension DataPlane {
    /// The limits' part of `/metrics`.
    package var limitMetrics: String { turnstile.prometheusText() }

    /// The upstream's protection at this moment, with the time on the clock it counts by.
    package var upstreamStatus: (status: UpstreamGuardStatus, now: Int64) {
        let now = services.limitTime
        return (services.upstreamGuard.status(now: now), now)
    }

    package var waitingCalls: Int { turnstile.waitingCounts().total }

    /// What is left for an operator's calls for a home user; nil if there is none of that name.
    package func limitStanding(of user: HomeUserName, in tenant: TenantName) -> LimitStanding? {
        let snapshot = services.custody.snapshot
        guard let access = snapshot.homeUser(user, in: tenant) else { return nil }
        let operating = Principal(tenant: tenant, caller: nil, keyIdentifier: nil)
        return services.standing(of: services.limitRules.subjects(access, operating, in: snapshot))
    }

    /// Forgets keys that count nothing any more, and lets changed limits hold for calls that wait. About once a second.
    package func tidyLimits() {
        services.limits.own.sweep(atMost: Self.sweptKeys, now: services.limitTime)
        let snapshot = services.custody.snapshot
        let isNew = limitGeneration.exchange(snapshot.generation, ordering: .relaxed) != snapshot.generation
        if isNew { turnstile.reconsider { services.limitRules.renewed($0, in: snapshot) } }
    }

    /// A million keys are looked at within two minutes.
    private static let sweptKeys = 10_000
}
