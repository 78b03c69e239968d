// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
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

    @Test func blamesNobodyForAnUnsignedCall() async throws {
        try await GatewayFixture.run(.answering(401)) { gateway in
            let response = try await gateway.call("GET", "/public/api/v1/utility_companies")
            #expect(response.header("wego-gateway-upstream-problem") == nil)
        }
    }
}
