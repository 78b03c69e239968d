// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody
import RateLimits
import Secrets
import TestSupport
import Testing

@testable import Gateway

/// `POST /users/{user}/connect`.
struct ConnectBeginningTests {
    @Test func asksForTemporaryCredentialsAndSaysWhereToGo() async throws {
        try await GatewayFixture.connecting { gateway in
            let response = try await gateway.begin("carol", #"{"return_to":"https://app.example/done"}"#)
            #expect(response.status == 201)
            #expect(response.header("content-type") == "application/json")
            #expect(response.member("user") == "carol" && response.member("mode") == "browser")
            #expect(response.member("authorize_url") == "https://www.wegowise.com/oauth/authorize?oauth_token=temp-0")
            #expect(response.member("expires_at")?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
            #expect(!response.bodyText.contains("temp-secret"))
            let sent = try #require(gateway.upstream.requests.current.first)
            #expect(sent.method == "POST" && gateway.upstream.targets == ["/oauth/request_token"])
            let header = try sent.verified(consumerSecret: GatewayFixture.consumerSecret, tokenSecret: nil)
            #expect(header.token == nil)
            #expect(header.callback == Array("http://127.0.0.1:\(gateway.port)/oauth/callback".utf8))
            #expect(header.consumerKey == Array("north-key".utf8))
            #expect(sent.bodyText == "")
            let session = try #require(try gateway.store.openSessions(in: nil).first)
            #expect(session.user == HomeUserName("carol") && session.returnTo == "https://app.example/done")
            #expect(session.expires - session.created == 900)
            #expect(gateway.user("carol") == nil)
        }
    }

    @Test func knowsTheConfiguredCallbackAndOutOfBand() async throws {
        try await GatewayFixture.connecting(.granting(), { $0.callbackURL = "https://gw.example/cb" }) { gateway in
            _ = try await gateway.begin("alice")
            #expect(try await gateway.begin("alice", #"{"mode":"oob"}"#).member("mode") == "oob")
            let callbacks = try gateway.upstream.requests.current.map {
                try $0.verified(consumerSecret: GatewayFixture.consumerSecret, tokenSecret: nil).callback
            }
            #expect(callbacks == [Array("https://gw.example/cb".utf8), Array("oob".utf8)])
        }
    }

    static let refused: [(String, String?, Int, String)] = [
        ("carol", #"{"x":1}"#, 400, "bad-connect-request"),
        ("carol", #"{"consumer":"other"}"#, 422, "consumer-not-found"),
        ("carol", #"{"return_to":"https://evil.example/"}"#, 422, "return-to-not-allowed"),
        ("carol", #"{"return_to":"https://app.example.evil.example/"}"#, 422, "return-to-not-allowed"),
        ("-", nil, 400, "user-name-invalid"), ("a%20b", nil, 400, "user-name-invalid"),
        ("carol", "{", 400, "malformed-json"),
    ]

    @Test(arguments: refused)
    func refusesBeforeAnythingIsSent(_ user: String, _ body: String?, _ status: Int, _ slug: String) async throws {
        try await GatewayFixture.connecting { gateway in
            let response = try await gateway.begin(user, body)
            #expect(response.status == status && response.slug == slug, "\(response.bodyText)")
            #expect(gateway.upstream.requests.current.isEmpty)
            #expect(try gateway.store.openSessions(in: nil).isEmpty)
        }
    }

    @Test func wantsAConsumerNamedWhereThereAreSeveral() async throws {
        try await GatewayFixture.connecting { gateway in
            try gateway.store.addConsumer(
                try #require(ConsumerName("second")), in: gateway.north, key: "k2", secret: Secret(utf8: "s2"))
            let response = try await gateway.begin("carol")
            #expect(response.slug == "consumer-required" && response.status == 422)
            #expect(response.bodyText.contains(#""pointer":"/consumer""#))
            #expect(try await gateway.begin("carol", #"{"consumer":"second"}"#).status == 201)
            // Who exists has one.
            #expect(try await gateway.begin("alice").status == 201)
            let keys = try gateway.upstream.requests.current.map {
                try AuthorizationHeaderText($0).value("oauth_consumer_key")
            }
            #expect(keys == ["k2", "north-key"])
        }
    }

    @Test func wantsTheScopeAndTheUser() async throws {
        try await GatewayFixture.connecting { gateway in
            let reader = try gateway.store.newKey(of: "reader", scopes: [.read, .write, .users])
            #expect(try await gateway.call("POST", "/users/alice/connect", key: reader).slug == "scope-missing")
            let listed = UserSelection.listed([try #require(HomeUserName("carol"))])
            let narrow = try gateway.store.newKey(of: "narrow", users: listed, scopes: .connect)
            #expect(try await gateway.call("POST", "/users/alice/connect", key: narrow).slug == "user-not-found")
            #expect(try await gateway.call("POST", "/users/carol/connect", key: narrow).status == 201)
            #expect(try await gateway.call("POST", "/users/carol/connect", key: "wrong").slug == "caller-key-invalid")
        }
    }

    @Test(arguments: [("GET", ""), ("PUT", ""), ("DELETE", "/finish"), ("GET", "/finish")])
    func isForPOSTAlone(_ method: String, _ suffix: String) async throws {
        try await GatewayFixture.connecting { gateway in
            let response = try await gateway.call(method, "/users/alice/connect\(suffix)")
            #expect(response.status == 405 && response.header("allow") == "POST")
        }
    }

    @Test func doesNotConnectAFrozenUser() async throws {
        try await GatewayFixture.connecting { gateway in
            try gateway.store.setState(
                .frozen, reason: "stop", of: try #require(HomeUserName("alice")), in: gateway.north)
            #expect(try await gateway.begin("alice").slug == "user-frozen")
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func boundsOpenConnectionsPerUser() async throws {
        try await GatewayFixture.connecting { gateway in
            for _ in 0..<10 { _ = try await gateway.temporaryToken(for: "carol") }
            let response = try await gateway.begin("carol")
            #expect(response.status == 429 && response.slug == "connect-limit")
            #expect(response.header("retry-after") == "60")
            #expect(gateway.upstream.requests.current.count == 10)
            #expect(try await gateway.begin("dave").status == 201)
        }
    }

    @Test func isLimitedLikeACall() async throws {
        let limits = LimitDefaults(
            caller: LimitTerms(rate: Rate(permits: 1, per: .minute), burst: 1, concurrency: 1))
        try await GatewayFixture.run(.granting(), limits: limits) { gateway in
            let (first, second) = (try await gateway.begin("alice"), try await gateway.begin("alice"))
            #expect(first.status == 201 && second.slug == "quota-exceeded")
        }
    }

    static let answers: [(ScriptedUpstream.Step, Int, String)] = [
        (.answer(200, [], "oauth_token=t&oauth_token_secret=s"), 502, "callback-not-confirmed"),
        (
            .answer(200, [], "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=false"), 502,
            "callback-not-confirmed"
        ),
        (.answer(200, [], "oauth_token=t"), 502, "connect-answer-unreadable"),
        (.answer(401, ["WWW-Authenticate: OAuth oauth_problem=consumer_key_unknown"], ""), 502, "connect-refused"),
        (.answer(500, [], ""), 502, "connect-unanswered"),
        (.answer(302, ["Location: /x"], ""), 502, "connect-unanswered"),
        (.fail(TransferFailure(.timeout, .unknown)), 504, "upstream-timeout"),
        (.fail(TransferFailure(.unreachable, .notSent)), 502, "upstream-unreachable"),
        (.fail(TransferFailure(.notDurable, .notSent)), 503, "audit-unavailable"),
    ]

    @Test(arguments: answers.indices)
    func tellsWhatWegoWiseMadeOfIt(_ index: Int) async throws {
        let (step, status, slug) = Self.answers[index]
        try await GatewayFixture.connecting(.granting(["/oauth/request_token": step])) { gateway in
            let response = try await gateway.begin("carol")
            #expect(response.status == status && response.slug == slug, "\(response.bodyText)")
            #expect(try gateway.store.openSessions(in: nil).isEmpty)
            #expect(gateway.user("carol") == nil)
        }
    }

    @Test func saysThatTheStoreFailed() async throws {
        try await GatewayFixture.connecting { gateway in
            try await gateway.breakTable("oauth_session")
            #expect(try await gateway.begin("carol").slug == "connection-not-stored")
        }
    }

    @Test func worksForTheOperator() async throws {
        try await GatewayFixture.connecting { gateway in
            let answer = await gateway.plane.call(
                OperatorRequest(
                    tenant: try gateway.north, user: "carol", method: "POST", target: "/connect",
                    body: Array(#"{"mode":"oob"}"#.utf8)))
            #expect(answer.status == 201)
            #expect(String(decoding: answer.body, as: UTF8.self).contains(#""user":"carol""#))
        }
    }

    /// Whose token creates accounts, and who was cut off, is not for everybody who may connect.
    @Test func someNeedMoreThanTheScopeToConnect() async throws {
        try await GatewayFixture.connecting { gateway in
            let narrow = try gateway.store.newKey(of: "narrow", scopes: .connect)
            func connect(_ user: String, _ key: String?) async throws -> RawResponse {
                try await gateway.call("POST", "/users/\(user)/connect", key: key)
            }
            #expect(try await connect("alice", narrow).status == 201)
            let alice = try #require(HomeUserName("alice"))
            try gateway.store.setState(.revoked, reason: nil, of: alice, in: gateway.north)
            #expect(try await connect("alice", narrow).slug == "scope-missing")
            #expect(try await connect("alice", nil).status == 201)
            try gateway.store.importHomeUser(
                alice, in: gateway.north, consumer: try #require(ConsumerName("main")), token: Secret(utf8: "t"),
                tokenSecret: Secret(utf8: "s"), isDeveloper: true, replacing: true)
            #expect(try await connect("alice", narrow).slug == "scope-missing")
            #expect(try await gateway.finish("alice", token: "t", key: narrow).slug == "scope-missing")
            #expect(try await connect("alice", nil).status == 201)
        }
    }
}
