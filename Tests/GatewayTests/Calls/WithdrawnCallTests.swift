// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody
import Testing

@testable import Gateway

/// Custody changes while a call waits for its second attempt.
struct WithdrawnCallTests {
    private static let path = "/users/alice/api/v1/wego_home/building"
    private static let notSent = ScriptedUpstream.Step.fail(TransferFailure(.unreachable, .notSent))
    private static let refusal = ScriptedUpstream.Step.answer(
        401, ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "WWW-Authenticate: OAuth oauth_problem=timestamp_refused"], "")

    private func run(
        _ first: ScriptedUpstream.Step, method: String = "GET", path: String = Self.path, body: String? = nil,
        _ change: (GatewayFixture) throws -> Void, _ check: (GatewayFixture, String?) -> Void
    ) async throws {
        let upstream = ScriptedUpstream { number, _ in number == 0 ? .hold : .answer(200, [], "{}") }
        try await GatewayFixture.run(
            upstream, change: { _, services in services.clock = StoppedClock(unixSeconds: 784_111_777 - 600) }
        ) { gateway in
            try gateway.addDeveloper()
            async let call = gateway.call(method, path, body: body)
            try await gateway.upstream.waitForHeld()
            try change(gateway)
            try await gateway.upstream.release(first)
            check(gateway, try await call.slug)
        }
    }

    @Test(arguments: [notSent, refusal])
    func aFrozenUsersCallIsNotSentAgain(_ first: ScriptedUpstream.Step) async throws {
        try await run(first, { try $0.setState(.frozen, of: "alice") }) { gateway, slug in
            #expect(slug == "user-frozen")
            #expect(gateway.upstream.requests.current.count == 1)
        }
    }

    @Test func aReplacedCredentialIsNotUsedAgain() async throws {
        try await run(Self.notSent, { try $0.replaceCredentialOfAlice() }) { gateway, slug in
            #expect(slug == "credential-unavailable")
            #expect(gateway.upstream.requests.current.count == 1)
        }
    }

    @Test func aChangeThatIsAboutNothingOfThisIsNoReason() async throws {
        try await run(Self.notSent, { try $0.setState(.frozen, of: "dev") }) { gateway, slug in
            #expect(slug == nil)
            #expect(gateway.upstream.requests.current.count == 2)
        }
    }

    @Test func aWithdrawnCreationFreesItsName() async throws {
        let body = #"{"email":"a@b.c","first_name":"A","last_name":"B","username":"carol","password":"p"}"#
        try await run(
            Self.notSent, method: "POST", path: "/users/dev/api/v1/wego_home/users", body: body,
            { try $0.setState(.frozen, of: "dev") }
        ) { gateway, slug in
            #expect(slug == "user-frozen")
            #expect(gateway.user("carol") == nil)
            #expect(gateway.upstream.requests.current.count == 1)
        }
    }
}
