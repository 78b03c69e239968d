// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import RateLimits
import Secrets
import TestSupport
import Testing

@testable import Gateway

extension GatewayFixture {
    /// A second home user of north.
    func importUser(_ name: String) throws {
        try store.importHomeUser(
            try #require(HomeUserName(name)), in: try #require(TenantName("north")),
            consumer: try #require(ConsumerName("main")), token: Secret(utf8: "token-\(name)"),
            tokenSecret: Secret(utf8: "secret-\(name)"), isDeveloper: false)
    }

    func freezeAlice() throws {
        let (alice, north) = (try #require(HomeUserName("alice")), try #require(TenantName("north")))
        try store.setState(.frozen, reason: "test", of: alice, in: north)
    }

    /// Until so many calls wait for their turn.
    func waitingCalls(are count: Int) async throws {
        let limit = Duration.seconds(60)
        let deadline = ContinuousClock.now + limit
        while plane.turnstile.waitingCounts().total != count {
            guard ContinuousClock.now < deadline else { throw TimedOut(what: "\(count) waiting calls", limit: limit) }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func setLimits(_ kind: LimitKind, _ name: String, _ adjustment: LimitAdjustment) throws {
        let north = try #require(TenantName("north"))
        let object = try #require(LimitedObject(kind, named: name, in: north))
        try store.setLimits(adjustment, of: object, note: nil, keepingRest: true)
    }
}
