// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody
import Testing

@testable import Gateway

struct DestructionTests {
    private static let path = "/users/alice/api/v1/wego_home/user"

    @Test func erasesTheUsersKeyAfterADefiniteSuccess() async throws {
        try await GatewayFixture.run(.answering(204)) { gateway in
            #expect(try await gateway.call("DELETE", Self.path).status == 204)
            #expect(gateway.user("alice")?.state == .destroyed)
            #expect(gateway.credential(of: "alice") == nil)
            let later = try await gateway.call("GET", "/users/alice/oauth/user")
            #expect(later.status == 410 && later.slug == "user-destroyed")
            #expect(gateway.upstream.requests.current.count == 1)
        }
    }

    @Test(arguments: [204, 500])
    func leavesANewerCredentialAlone(_ status: Int) async throws {
        try await GatewayFixture.run(ScriptedUpstream { _, _ in .hold }) { gateway in
            async let call = gateway.call("DELETE", Self.path)
            try await gateway.upstream.waitForHeld()
            try gateway.replaceCredentialOfAlice()
            try await gateway.upstream.release(.answer(status, [], ""))
            #expect(try await call.status == status)
            let user = try #require(gateway.user("alice"))
            #expect(user.state == .active && user.credentialVersion == 2 && user.hasCredential)
        }
    }

    @Test func takesA503ThatSaysWhenToComeBackForANo() async throws {
        try await GatewayFixture.run(.answering(503, ["Retry-After: 30"])) { gateway in
            let response = try await gateway.call("DELETE", Self.path)
            #expect(response.status == 503)
            #expect(gateway.user("alice")?.state == .active)
        }
    }

    @Test(arguments: [400, 403, 404])
    func changesNothingWhenWegoWiseRefuses(_ status: Int) async throws {
        try await GatewayFixture.run(.answering(status)) { gateway in
            let response = try await gateway.call("DELETE", Self.path)
            #expect(response.status == status)
            #expect(gateway.user("alice")?.state == .active)
        }
    }

    @Test(arguments: [
        ScriptedUpstream.Step.fail(TransferFailure(.connectionLost, .unknown)), .answer(503, [], ""),
        .answer(408, [], ""), .answer(499, [], ""),
        .fail(TransferFailure(.timeout, .unknown)),
    ])
    func doesNotClaimToKnowWhenTheAnswerIsLost(_ step: ScriptedUpstream.Step) async throws {
        try await GatewayFixture.run(ScriptedUpstream { _, _ in step }) { gateway in
            #expect(try await gateway.call("DELETE", Self.path).status >= 408)
            let user = try #require(gateway.user("alice"))
            #expect(user.state == .unknown && user.hasCredential)
            #expect(user.advice?.contains("user thaw") == true)
            #expect(try await gateway.call("GET", "/users/alice/oauth/user").slug == "user-unknown")
        }
    }

    @Test func saysSoWhenTheKeyCouldNotBeErased() async throws {
        try await GatewayFixture.run(ScriptedUpstream { _, _ in .hold }) { gateway in
            async let call = gateway.call("DELETE", Self.path)
            try await gateway.upstream.waitForHeld()
            try await gateway.breakTable("home_user")
            try await gateway.upstream.release(.answer(204, [], ""))
            #expect(try await call.slug == "credential-not-erased")
        }
    }
}
