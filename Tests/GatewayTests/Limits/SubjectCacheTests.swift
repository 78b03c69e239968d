// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import RateLimits
import Testing

@testable import Gateway

struct SubjectCacheTests {
    /// A call that was looked up just before a limit changed must not bring the old limit back under the new version.
    @Test func whatIsOldDoesNotPassForNew() async throws {
        try await GatewayFixture.run { gateway in
            let cache = SubjectCache(LimitRules(), gateway.store)
            let (alice, north) = (try #require(HomeUserName("alice")), try #require(TenantName("north")))
            let old = gateway.store.snapshot
            let access = try #require(old.homeUser(alice, in: north))
            let principal = Principal(tenant: north, caller: nil, keyIdentifier: nil)
            try gateway.setLimits(.homeUser, "alice", LimitAdjustment(concurrency: 1))
            let subjects = cache.subjects(access, principal, generation: old.generation)
            let homeUser = try #require(subjects.homeUser)
            #expect(homeUser.version < gateway.store.snapshot.generation || homeUser.policy.concurrency == 1)
            #expect(homeUser.policy.concurrency == 1)
        }
    }
}
