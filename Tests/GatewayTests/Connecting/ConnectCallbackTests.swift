// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody
import RateLimits
import Secrets
import TestSupport
import Testing

@testable import Gateway

/// `GET /oauth/callback`: a browser comes back.
struct ConnectCallbackTests {
    @Test func createsTheUserAndShowsAPage() async throws {
        try await GatewayFixture.connecting { gateway in
            let token = try await gateway.temporaryToken(for: "carol")
            let response = try await gateway.callBack("oauth_token=\(token)&oauth_verifier=ver-77")
            #expect(response.status == 200 && response.heading == "Your account is connected")
            #expect(response.header("content-type") == "text/html; charset=utf-8")
            #expect(response.header("cache-control") == "no-store")
            #expect(!response.bodyText.contains("ver-77") && !response.bodyText.contains(token))
            let user = try #require(gateway.user("carol"))
            #expect(user.state == .active)
            #expect(gateway.token(of: "carol") == "access-1")
            #expect(try gateway.store.unconfirmedHomeUsers().isEmpty)
            #expect(gateway.upstream.targets == ["/oauth/request_token", "/oauth/access_token", "/oauth/user"])
            let sent = gateway.upstream.requests.current
            let exchange = try sent[1].verified(
                consumerSecret: GatewayFixture.consumerSecret, tokenSecret: "temp-secret-0")
            #expect(exchange.verifier == Array("ver-77".utf8) && exchange.token == Array("temp-0".utf8))
            let trial = try sent[2].verified(
                consumerSecret: GatewayFixture.consumerSecret, tokenSecret: "access-secret-1")
            #expect(trial.token == Array("access-1".utf8) && trial.verifier == nil)
            #expect(Set(try sent.map { try AuthorizationHeaderText($0).value("oauth_nonce") }).count == 3)
        }
    }

    @Test func sendsTheBrowserOn() async throws {
        try await GatewayFixture.connecting { gateway in
            let token = try await gateway.temporaryToken(for: "carol", #"{"return_to":"https://app.example/d?x=1"}"#)
            let response = try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v")
            #expect(response.status == 303)
            #expect(
                response.header("location") == "https://app.example/d?x=1&wego_user=carol&wego_result=connected")
            #expect(response.header("referrer-policy") == "no-referrer")
        }
    }

    @Test func replacesTheCredentialOfAUser() async throws {
        try await GatewayFixture.connecting { gateway in
            let token = try await gateway.temporaryToken(for: "alice")
            _ = try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v")
            #expect(gateway.token(of: "alice") == "access-1")
            #expect(try await gateway.call("GET", "/users/alice/oauth/user").status == 200)
        }
    }

    @Test func worksOnce() async throws {
        try await GatewayFixture.connecting { gateway in
            let token = try await gateway.temporaryToken(for: "carol", #"{"return_to":"https://app.example/"}"#)
            _ = try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v")
            let replay = try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v")
            #expect(replay.status == 410 && replay.heading == "This link was used before")
            #expect(replay.header("wego-gateway-error-source") == "gateway")
            #expect(!replay.bodyText.contains("href"))
            #expect(gateway.upstream.requests.current.count == 3)
            #expect(gateway.user("carol")?.state == .active)
        }
    }

    @Test func severalAtOnce() async throws {
        try await GatewayFixture.connecting { gateway in
            let names = (0..<6).map { "user\($0)" }
            var tokens: [String] = []
            for name in names { tokens.append(try await gateway.temporaryToken(for: name)) }
            tokens.append(try await gateway.temporaryToken(for: "user0"))
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for token in tokens.reversed() {
                    group.addTask { try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v").status }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            // Of two links of one person the first to be finished counts.
            #expect(
                statuses.count { $0 == 200 } == names.count && statuses.allSatisfy { [200, 404, 409].contains($0) })
            for name in names { #expect(gateway.user(name)?.state == .active) }
            #expect(gateway.user("user0")?.credentialVersion == 1)
            #expect(try gateway.store.unconfirmedHomeUsers().isEmpty)
        }
    }

    static let bad: [(String, Int)] = [
        ("", 400), ("oauth_verifier=v", 400), ("oauth_token=a&oauth_token=b&oauth_verifier=v", 400),
        ("oauth_token=nobody&oauth_verifier=v", 404), ("oauth_token=nobody", 400),
        ("denied=nobody", 404), ("oauth_problem=permission_denied", 400),
    ]

    @Test(arguments: bad)
    func doesNotKnowForeignTokens(_ query: String, _ status: Int) async throws {
        try await GatewayFixture.connecting { gateway in
            let response = try await gateway.callBack(query)
            #expect(response.status == status && response.heading == "This link is not known here")
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func understandsANo() async throws {
        try await GatewayFixture.connecting { gateway in
            let token = try await gateway.temporaryToken(for: "alice", #"{"return_to":"https://app.example/"}"#)
            let response = try await gateway.callBack("oauth_token=\(token)&oauth_problem=permission_denied")
            #expect(response.status == 403 && response.heading == "Access was not granted")
            #expect(response.bodyText.contains("https://app.example/?wego_user=alice&amp;wego_result=denied"))
            #expect(gateway.upstream.requests.current.count == 1)
            #expect(gateway.token(of: "alice") == GatewayFixture.token)
            #expect(try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v").status == 410)
        }
    }

    @Test func anIncompleteLinkCostsNothing() async throws {
        try await GatewayFixture.connecting { gateway in
            let token = try await gateway.temporaryToken(for: "carol")
            #expect(try await gateway.callBack("oauth_token=\(token)").status == 400)
            #expect(try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v").status == 200)
        }
    }

    @Test(arguments: ["oauth_token=TOKEN&denied=yes", "denied=TOKEN", "oauth_token=TOKEN&oauth_problem=user_refused"])
    func understandsEachWayOfSayingNo(_ query: String) async throws {
        try await GatewayFixture.connecting { gateway in
            let token = try await gateway.temporaryToken(for: "carol")
            #expect(try await gateway.callBack(query.replacing("TOKEN", with: token)).status == 403)
            #expect(try gateway.store.openSessions(in: nil).isEmpty)
        }
    }

    @Test func anImportEndsOpenLinks() async throws {
        try await GatewayFixture.connecting { gateway in
            let token = try await gateway.temporaryToken(for: "alice")
            try gateway.store.importHomeUser(
                try #require(HomeUserName("alice")), in: gateway.north, consumer: try #require(ConsumerName("main")),
                token: Secret(utf8: "imported"), tokenSecret: Secret(utf8: "s"), isDeveloper: false, replacing: true)
            #expect(try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v").status == 404)
            #expect(gateway.token(of: "alice") == "imported")
        }
    }

    @Test func saysToWhatAndForWhomAccessWasGranted() async throws {
        let step = ScriptedUpstream.Step.answer(200, [], #"{"id":"1","username":"<b>eve"}"#)
        try await GatewayFixture.connecting(.granting(["/oauth/user": step])) { gateway in
            let token = try await gateway.temporaryToken(for: "carol")
            let page = try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v").bodyText
            #expect(page.contains("the WegoWise account &quot;&lt;b&gt;eve&quot;"))
            #expect(page.contains("the user &quot;carol&quot; of &quot;north&quot;"))
        }
    }

    @Test func saysThatItIsTooLate() async throws {
        try await GatewayFixture.connecting { gateway in
            let token = try await gateway.temporaryToken(for: "carol", #"{"return_to":"https://app.example/"}"#)
            try await gateway.meddle("UPDATE oauth_session SET expires = created")
            let response = try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v")
            #expect(response.status == 410 && response.heading == "This link is too old")
            #expect(response.bodyText.contains("wego_result=failed"))
            let carried = try await gateway.outOfBandToken(for: "carol")
            try await gateway.meddle("UPDATE oauth_session SET expires = created")
            #expect(try await gateway.finish("carol", token: carried).slug == "connection-expired")
            #expect(gateway.upstream.requests.current.count == 2)
        }
    }

    @Test func doesNotOpenWhatSomebodyChanged() async throws {
        try await GatewayFixture.connecting { gateway in
            let token = try await gateway.temporaryToken(for: "carol")
            try await gateway.meddle("UPDATE oauth_session SET sealed_secret = zeroblob(64)")
            let response = try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v")
            #expect(response.status == 503 && response.heading == "Something went wrong here")
            #expect(gateway.upstream.requests.current.count == 1)
        }
    }

    @Test func isNotForPagesOfOthersToFetch() async throws {
        try await GatewayFixture.connecting { gateway in
            let token = try await gateway.temporaryToken(for: "carol")
            let query = "oauth_token=\(token)&oauth_verifier=v"
            let navigation = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]
            let refused = [
                ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"],
                ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"],
                ["Sec-Fetch-Site: cross-site"], navigation + ["Origin: https://evil.example"],
                navigation + ["Sec-Purpose: prefetch;prerender"], ["Sec-Purpose: prefetch"],
            ]
            for fields in refused { #expect(try await gateway.callBack(query, fields).slug == "origin-forbidden") }
            #expect(try await gateway.callBack(query, navigation).status == 200)
            // Everywhere else a browser stays unwelcome.
            let elsewhere = try await gateway.call("GET", "/users/alice/oauth/user", navigation)
            #expect(elsewhere.slug == "origin-forbidden")
            #expect(try await gateway.call("HEAD", "/oauth/callback?\(query)").status == 405)
            #expect(try await gateway.call("POST", "/oauth/callback?\(query)").status == 405)
        }
    }

    @Test func answersToTheHostOfTheCallbackThereAlone() async throws {
        try await GatewayFixture.connecting(.granting(), { $0.callbackURL = "https://gw.example/oauth/callback" }) {
            gateway in
            #expect(try await gateway.callBack("oauth_token=x&oauth_verifier=v", host: "gw.example").status == 404)
            #expect(try await gateway.callBack("oauth_token=x&oauth_verifier=v", host: "GW.example").status == 404)
            #expect(
                try await gateway.callBack("oauth_token=x&oauth_verifier=v", host: "evil.example").slug
                    == "host-not-allowed")
            let connection = try gateway.connect()
            try await connection.send("GET /users/alice HTTP/1.1\r\nHost: gw.example\r\n\r\n")
            #expect(try await connection.response().slug == "host-not-allowed")
        }
    }

    @Test func isBounded() async throws {
        try await GatewayFixture.connecting(
            .granting(), { $0.callbackRate = RateWindow(permits: 1, period: .seconds(3600), burst: 2) }
        ) { gateway in
            let token = try await gateway.temporaryToken(for: "carol")
            let generation = gateway.store.snapshot.generation
            for _ in 0..<2 { #expect(try await gateway.callBack("oauth_token=x&oauth_verifier=v").status == 404) }
            let response = try await gateway.callBack("oauth_token=x&oauth_verifier=v")
            #expect(response.status == 429 && response.header("retry-after") != nil)
            #expect(response.heading == "Too much is going on")
            #expect(gateway.store.snapshot.generation == generation)
            // Somebody with a good link is not kept out by it.
            #expect(try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v").status == 200)
        }
    }
}
