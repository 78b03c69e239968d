// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import RateLimits
import Secrets
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

    func setLimits(_ kind: LimitKind, _ name: String, _ adjustment: LimitAdjustment) throws {
        let north = try #require(TenantName("north"))
        let object = try #require(LimitedObject(kind, named: name, in: north))
        try store.setLimits(adjustment, of: object, note: nil, keepingRest: true)
    }
}
