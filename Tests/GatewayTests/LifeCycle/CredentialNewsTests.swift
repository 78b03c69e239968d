// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import NIOCore
import Testing

@testable import Gateway

struct CredentialNewsTests {
    private static let path = "/users/alice/oauth/user"

    static let refusals: [(String, String, HomeUserState)] = [
        (#"OAuth realm="x", oauth_problem="token_revoked""#, "token_revoked", .suspect),
        ("OAuth oauth_problem=signature_invalid", "signature_invalid", .suspect),
        ("", "unnamed", .suspect), ("OAuth oauth_problem=nonce_used", "nonce_used", .active),
        ("OAuth oauth_problem=timestamp_refused", "timestamp_refused", .active),
        ("OAuth oauth_problem=permission_denied", "permission_denied", .active),
        ("OAuth oauth_problem=<script>", "unnamed", .suspect),
    ]

    @Test(arguments: refusals)
    func tellsWhyWegoWiseRefused(_ field: String, _ word: String, _ state: HomeUserState) async throws {
        try await GatewayFixture.run(.answering(401, ["WWW-Authenticate: \(field)"], "")) { gateway in
            let response = try await gateway.call("GET", Self.path)
            #expect(response.status == 401)
            #expect(response.header("wego-gateway-upstream-problem") == word)
            #expect(response.header("wego-gateway-error-source") == "upstream")
            #expect(gateway.user("alice")?.state == state)
            #expect(gateway.user("alice")?.reason?.contains(word) ?? false == (state == .suspect))
            // Never blindly again.
            #expect(gateway.upstream.requests.current.count == 1)
        }
    }

    @Test func trustsTheCredentialAgainAfterASuccess() async throws {
        let upstream = ScriptedUpstream { number, _ in .answer(number == 0 ? 401 : 200, [], "{}") }
        try await GatewayFixture.run(upstream) { gateway in
            _ = try await gateway.call("GET", Self.path)
            #expect(gateway.user("alice")?.state == .suspect)
            #expect(try await gateway.call("GET", Self.path).status == 200)
            #expect(gateway.user("alice")?.state == .active)
        }
    }

    @Test func stopsTurningWhenTheUpstreamSaysYesAndNoByTurns() async throws {
        let upstream = ScriptedUpstream { number, _ in .answer(number.isMultiple(of: 2) ? 401 : 200, [], "{}") }
        try await GatewayFixture.run(
            upstream, change: { _, services in services.clock = StoppedClock(unixSeconds: 784_111_777) }
        ) { gateway in
            for _ in 1...TurnLimit.maximum { _ = try await gateway.call("GET", Self.path) }
            let generation = gateway.store.snapshot.generation
            for _ in 1...4 { _ = try await gateway.call("GET", Self.path) }
            #expect(gateway.store.snapshot.generation == generation)
            #expect(gateway.user("alice")?.state == .active)
        }
    }

    @Test func countsTurnsByUserAndForgetsThemInTime() throws {
        let limit = TurnLimit()
        let now = NIODeadline.uptimeNanoseconds(5_000_000_000)
        func user(_ name: String) throws -> HomeUser {
            HomeUser(
                tenant: try #require(TenantName("north")), name: try #require(HomeUserName(name)),
                consumer: try #require(ConsumerName("main")), isDeveloper: false, state: .active, reason: nil, since: 0,
                created: 0, credentialVersion: 1)
        }
        let (alice, bob) = (try user("alice"), try user("bob"))
        for _ in 1...TurnLimit.maximum {
            #expect(limit.allows(alice, at: now))
            limit.count(alice, at: now)
        }
        #expect(!limit.allows(alice, at: now) && limit.allows(bob, at: now))
        let later = now + TurnLimit.window
        #expect(limit.allows(alice, at: later))
        limit.count(alice, at: later)
        #expect(limit.allows(alice, at: later))
    }

    @Test func blamesNobodyForAnUnsignedCall() async throws {
        try await GatewayFixture.run(.answering(401)) { gateway in
            let response = try await gateway.call("GET", "/public/api/v1/utility_companies")
            #expect(response.header("wego-gateway-upstream-problem") == nil)
        }
    }
}
