// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody
import Secrets
import TestSupport
import Testing

@testable import Gateway

/// Creating home users: the new credential is in custody before the answer is out, whatever happens between.
struct CreationTests {
    private static let path = "/users/dev/api/v1/wego_home/users"
    private static let body =
        #"{"email":"a@b.c","first_name":"A","last_name":"B","username":"carol","password":"pw-7734"}"#
    private static let answer =
        #"{"id": 12, "oauth_token_key": "new-token-11", "oauth_token_secret": "new-secret-12"}"#

    private func run(
        _ upstream: ScriptedUpstream = .answering(200, ["Content-Type: application/json", "ETag: \"e\""], answer),
        _ body: (GatewayFixture) async throws -> Void
    ) async throws {
        try await GatewayFixture.run(upstream) { gateway in
            try gateway.addDeveloper()
            try await body(gateway)
        }
    }

    @Test func storesTheCredentialAndTakesItOutOfTheAnswer() async throws {
        try await run { gateway in
            let response = try await gateway.call(
                "POST", Self.path, ["Accept-Encoding: gzip", "Wego-Gateway-Store-As: karla"], body: Self.body)
            #expect(response.status == 200)
            #expect(response.bodyText == #"{"id":12}"#)
            #expect(response.header("wego-gateway-stored-user") == "karla")
            #expect(response.header("content-length") == "9")
            #expect(response.header("content-type") == "application/json")
            #expect(response.header("etag") == nil)
            let user = try #require(gateway.user("karla"))
            #expect(user.state == .active && user.upstreamUsername == "carol" && !user.isDeveloper)
            let credential = try #require(gateway.credential(of: "karla"))
            #expect(credential.token.isEqual(to: Secret(utf8: "new-token-11")))
            #expect(credential.tokenSecret.isEqual(to: Secret(utf8: "new-secret-12")))
            let sent = try #require(gateway.upstream.requests.current.first)
            // A compressed answer could not be searched.
            #expect(sent.header("accept-encoding") == nil)
            #expect(sent.header("wego-gateway-store-as") == nil)
            #expect(try sent.verifiedAuthorization(tenant: "north").token == Array("dev-token-0004".utf8))
            #expect(sent.bodyText == Self.body)
            #expect(try await gateway.call("GET", "/users/karla/oauth/user").status == 200)
        }
    }

    @Test func storesUnderTheUsernameWhenNoNameIsGiven() async throws {
        try await run { gateway in
            let response = try await gateway.call("POST", Self.path, body: Self.body)
            #expect(response.header("wego-gateway-stored-user") == "carol")
            #expect(gateway.user("carol")?.state == .active)
        }
    }

    @Test func worksInAnEnvelopeAndForTheOperator() async throws {
        try await run { gateway in
            let envelope =
                #"{"user":"dev","method":"POST","path":"/api/v1/wego_home/users","body":\#(Self.body)}"#
            let response = try await gateway.call(
                "POST", "/forward", ["Wego-Gateway-Store-As: enveloped"], body: envelope)
            #expect(response.header("wego-gateway-stored-user") == "enveloped")
            let answer = await gateway.plane.call(
                OperatorRequest(
                    tenant: try gateway.north, user: "dev", method: "POST", target: "/api/v1/wego_home/users",
                    body: Array(Self.body.utf8)))
            #expect(answer.body == Array(#"{"id":12}"#.utf8))
            #expect(answer.headers.contains { $0.name == "Wego-Gateway-Stored-User" && $0.value == "carol" })
        }
    }

    static let refused: [(String, [String], String)] = [
        ("/users/alice/api/v1/wego_home/users", [], "developer-required"),
        (path, ["Wego-Gateway-Store-As: not a name"], "store-name-invalid"),
        (path, ["Wego-Gateway-Store-As: a", "Wego-Gateway-Store-As: b"], "store-name-invalid"),
        (path, ["Wego-Gateway-Store-As: alice"], "store-name-taken"),
    ]

    @Test(arguments: refused)
    func refusesWhatCouldNotBeStored(_ path: String, _ fields: [String], _ slug: String) async throws {
        try await run { gateway in
            let before = gateway.store.snapshot.homeUsers()
            let response = try await gateway.call("POST", path, fields, body: Self.body)
            #expect(response.slug == slug)
            #expect(gateway.upstream.requests.current.isEmpty)
            #expect(gateway.store.snapshot.homeUsers() == before)
        }
    }

    @Test func holdsCallersToTheirUsers() async throws {
        try await run { gateway in
            let listed = UserSelection.listed([try #require(HomeUserName("dev"))])
            let key = try gateway.store.newKey(of: "narrow", users: listed, scopes: .users)
            // Taken or not: a caller learns nothing about names that are not its own.
            for name in ["alice", "new"] {
                let response = try await gateway.call(
                    "POST", Self.path, key: key, ["Wego-Gateway-Store-As: \(name)"], body: Self.body)
                #expect(response.slug == "store-name-forbidden")
            }
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func refusesADeveloperOfAnOlderConsumerKey() async throws {
        try await run { gateway in
            try gateway.store.rotateConsumer(
                try #require(ConsumerName("main")), in: gateway.north, key: "k2", secret: Secret(utf8: "s2"))
            let slug = try await gateway.call("POST", Self.path, body: Self.body).slug
            #expect(slug == "developer-outdated")
            #expect(gateway.user("carol") == nil)
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func sendsOnlyOneOfTwoCreationsUnderOneName() async throws {
        try await run(ScriptedUpstream { _, _ in .hold }) { gateway in
            async let first = gateway.call("POST", Self.path, body: Self.body)
            try await gateway.upstream.waitForHeld()
            #expect(gateway.user("carol")?.state == .pending)
            #expect(try await gateway.call("POST", Self.path, body: Self.body).slug == "store-name-taken")
            try await gateway.upstream.release(.answer(200, [], Self.answer))
            #expect(try await first.status == 200)
            #expect(gateway.upstream.requests.current.count == 1)
        }
    }

    @Test(arguments: [400, 401, 403, 404, 409, 422, 429])
    func freesTheNameWhenWegoWiseRefuses(_ status: Int) async throws {
        try await run(.answering(status, [], #"{"errors":"Username has already been taken"}"#)) { gateway in
            let response = try await gateway.call("POST", Self.path, body: Self.body)
            #expect(response.status == status)
            #expect(response.bodyText == #"{"errors":"Username has already been taken"}"#)
            #expect(gateway.user("carol") == nil)
        }
    }

    @Test func freesTheNameWhenNothingWasSent() async throws {
        let upstream = ScriptedUpstream { _, _ in .fail(TransferFailure(.unreachable, .notSent)) }
        try await run(upstream) { gateway in
            let response = try await gateway.call("POST", Self.path, body: Self.body)
            #expect(response.slug == "upstream-unreachable")
            #expect(gateway.user("carol") == nil)
        }
    }

    static let lost: [ScriptedUpstream.Step] = [
        .fail(TransferFailure(.connectionLost, .unknown)), .fail(TransferFailure(.timeout, .answered)),
        .fail(TransferFailure(.badResponse, .answered)), .fail(TransferFailure(.responseTooLarge, .answered)),
        .answer(500, [], "oops"), .answer(502, [], ""), .answer(303, ["Location: /x"], ""), .answer(101, [], ""),
        .answer(408, [], ""), .answer(499, [], ""),
    ]

    @Test(arguments: lost)
    func keepsTheNameWhenTheOutcomeIsUnknown(_ step: ScriptedUpstream.Step) async throws {
        try await run(ScriptedUpstream { _, _ in step }) { gateway in
            let response = try await gateway.call("POST", Self.path, body: Self.body)
            #expect(response.status >= 300)
            let user = try #require(gateway.user("carol"))
            #expect(user.state == .unknown && user.advice?.contains("carol") == true)
            #expect(try await gateway.call("POST", Self.path, body: Self.body).slug == "store-name-taken")
        }
    }

    @Test(arguments: ["", "not json", #"{"id":1}"#, #"{"oauth_token_secret":"new-secret-12"}"#])
    func keepsAnAnswerItCannotRead(_ answer: String) async throws {
        try await run(.answering(200, [], answer)) { gateway in
            let response = try await gateway.call("POST", Self.path, body: Self.body)
            #expect(response.slug == "answer-quarantined")
            #expect(response.status == 502)
            #expect(!response.bodyText.contains("new-secret"))
            let entry = try #require(try gateway.store.quarantined(in: nil).first)
            #expect(response.bodyText.contains(entry.identifier))
            #expect(gateway.user("carol")?.state == .unknown)
        }
    }

    /// A token was issued, whatever the status is for.
    @Test(arguments: [303, 408, 422, 500])
    func keepsATokenUnderAnyStatus(_ status: Int) async throws {
        try await run(.answering(status, [], Self.answer)) { gateway in
            let response = try await gateway.call("POST", Self.path, body: Self.body)
            #expect(response.slug == "answer-quarantined")
            #expect(!response.bodyText.contains("new-"))
            let entry = try #require(try gateway.store.quarantined(in: nil).first)
            #expect(entry.user == HomeUserName("carol") && gateway.user("carol")?.state == .unknown)
            try gateway.store.resolveQuarantine(
                entry.identifier, tokenMember: "/oauth_token_key", secretMember: "/oauth_token_secret")
            #expect(gateway.user("carol")?.state == .active)
        }
    }

    @Test func saysSoWhenTheNameCouldNotBeFreed() async throws {
        try await run(ScriptedUpstream { _, _ in .hold }) { gateway in
            async let call = gateway.call("POST", Self.path, body: Self.body)
            try await gateway.upstream.waitForHeld()
            try await gateway.breakTable("home_user")
            try await gateway.upstream.release(.answer(422, [], "{}"))
            let response = try await call
            #expect(response.slug == "name-not-freed" && response.bodyText.contains("carol"))
        }
    }

    @Test func losesNoTokenWhenTheStoreFails() async throws {
        try await run(ScriptedUpstream { _, _ in .hold }) { gateway in
            async let call = gateway.call("POST", Self.path, body: Self.body)
            try await gateway.upstream.waitForHeld()
            try await gateway.breakTable("home_user")
            try await gateway.upstream.release(.answer(200, [], Self.answer))
            let response = try await call
            #expect(response.slug == "answer-quarantined")
            #expect(!response.bodyText.contains("new-"))
            #expect(try gateway.store.quarantined(in: nil).first?.user == HomeUserName("carol"))
        }
    }

    @Test func endsReservationsAtShutDown() async throws {
        try await run(ScriptedUpstream { _, _ in .hold }) { gateway in
            async let call = gateway.call("POST", Self.path, body: Self.body)
            try await gateway.upstream.waitForHeld()
            gateway.upstream.endTransfers()
            #expect(try await call.slug == "outcome-unknown")
            #expect(gateway.user("carol")?.state == .unknown)
        }
    }
}
