// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody
import RateLimits
import TestSupport
import Testing

@testable import Gateway

/// What becomes of old and new credentials when the exchange or the trial does not go well.
struct ConnectTrialTests {
    private static let refused = ScriptedUpstream.Step.answer(
        401, ["WWW-Authenticate: OAuth oauth_problem=token_rejected"], "")

    static let exchanges: [(ScriptedUpstream.Step, Int, String)] = [
        (.answer(401, ["WWW-Authenticate: OAuth oauth_problem=token_expired"], ""), 502, "exchange-refused"),
        (.answer(200, [], "nothing"), 502, "connect-answer-unreadable"),
        (.answer(500, [], ""), 504, "exchange-unclear"),
        (.fail(TransferFailure(.timeout, .unknown)), 504, "exchange-unclear"),
        (.fail(TransferFailure(.connectionLost, .unknown)), 504, "exchange-unclear"),
        (.fail(TransferFailure(.tls, .notSent)), 502, "exchange-not-sent"),
        (.fail(TransferFailure(.notDurable, .notSent)), 503, "exchange-not-sent"),
    ]

    @Test(arguments: exchanges.indices)
    func changesNothingWithoutAToken(_ index: Int) async throws {
        let (step, status, slug) = Self.exchanges[index]
        try await GatewayFixture.connecting(.granting(["/oauth/access_token": step])) { gateway in
            for user in ["alice", "carol"] {
                let response = try await gateway.finish(user, token: try await gateway.outOfBandToken(for: user))
                #expect(response.status == status && response.slug == slug, "\(response.bodyText)")
            }
            #expect(gateway.token(of: "alice") == GatewayFixture.token)
            #expect(gateway.user("carol") == nil)
            // An exchange that may have arrived is never repeated.
            #expect(gateway.upstream.targets.filter { $0 == "/oauth/access_token" }.count == 2)
        }
    }

    @Test func givesTheConnectionBackWhenTheExchangeNeverLeft() async throws {
        let granting = ScriptedUpstream.granting()
        let upstream = ScriptedUpstream { number, request in
            number == 1 ? .fail(TransferFailure(.tls, .notSent)) : granting.step(number, request)
        }
        try await GatewayFixture.connecting(upstream) { gateway in
            let token = try await gateway.temporaryToken(for: "carol")
            let first = try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v")
            #expect(first.status == 502 && first.heading == "WegoWise was not reached")
            let second = try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v")
            #expect(second.status == 200)
            #expect(try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v").status == 410)
        }
    }

    @Test func triesAnExchangeAgainThatNeverLeft() async throws {
        let upstream = ScriptedUpstream.granting(["/oauth/access_token": .fail(TransferFailure(.unreachable, .notSent))]
        )
        try await GatewayFixture.connecting(upstream) { gateway in
            let response = try await gateway.finish("carol", token: try await gateway.outOfBandToken(for: "carol"))
            #expect(response.slug == "exchange-not-sent")
            #expect(gateway.upstream.targets.filter { $0 == "/oauth/access_token" }.count == 2)
        }
    }

    @Test(arguments: [[], ["WWW-Authenticate: OAuth oauth_problem=token_revoked"]])
    func goesBackWhenTheNewCredentialIsRefused(_ fields: [String]) async throws {
        let step = ScriptedUpstream.Step.answer(401, fields, "")
        try await GatewayFixture.connecting(.granting(["/oauth/user": step])) { gateway in
            let old = try await gateway.finish("alice", token: try await gateway.outOfBandToken(for: "alice"))
            #expect(old.status == 502 && old.slug == "new-credential-refused")
            #expect(old.bodyText.contains("'alice' has the credential it had before"))
            #expect(gateway.token(of: "alice") == GatewayFixture.token)
            #expect(gateway.user("alice")?.state == .active)
            let new = try await gateway.callBack(
                "oauth_token=\(try await gateway.temporaryToken(for: "carol"))&oauth_verifier=v")
            #expect(new.status == 502 && new.heading == "The new access does not work")
            #expect(gateway.user("carol") == nil)
            #expect(try gateway.store.unconfirmedHomeUsers().isEmpty)
        }
    }

    static let unclear: [ScriptedUpstream.Step] = [
        .answer(500, [], ""), .answer(429, [], ""), .answer(403, [], ""), .answer(404, [], ""),
        .fail(TransferFailure(.timeout, .unknown)),
        .fail(TransferFailure(.tls, .notSent)),
    ]

    @Test(arguments: unclear.indices)
    func keepsBothWhenNothingIsKnown(_ index: Int) async throws {
        try await GatewayFixture.run(
            .granting(["/oauth/user": Self.unclear[index]]),
            change: { _, services in
                services.connecting.returnOrigins = ["https://app.example"]
                services.upstreamGuard = UpstreamGuard([], maximumConcurrency: 64)
            }
        ) { gateway in
            let response = try await gateway.finish("alice", token: try await gateway.outOfBandToken(for: "alice"))
            #expect(response.status == 202)
            #expect(response.bodyText.contains(#""confirmed":false"#))
            #expect(gateway.token(of: "alice")?.hasPrefix("access-") == true)
            #expect(try gateway.store.unconfirmedHomeUsers().map(\.name) == [try #require(HomeUserName("alice"))])
            let token = try await gateway.temporaryToken(for: "carol", #"{"return_to":"https://app.example/"}"#)
            let page = try await gateway.callBack("oauth_token=\(token)&oauth_verifier=v")
            #expect(page.header("location") == "https://app.example/?wego_user=carol&wego_result=unconfirmed")
        }
    }

    @Test func settlesLaterWhatWasUnclear() async throws {
        let upstream = ScriptedUpstream { number, request in
            switch (number, String(decoding: request.target, as: UTF8.self)) {
            case (_, "/oauth/request_token"):
                .answer(200, [], "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true")
            case (_, "/oauth/access_token"): .answer(200, [], "oauth_token=access&oauth_token_secret=s")
            case (2, _): .fail(TransferFailure(.timeout, .unknown))
            case (3, _): .answer(503, [], "")
            default: .answer(200, [], "{}")
            }
        }
        try await GatewayFixture.connecting(upstream, { $0.recheckInterval = .milliseconds(20) }) { gateway in
            #expect(
                try await gateway.finish("alice", token: try await gateway.outOfBandToken(for: "alice")).status == 202)
            _ = try await gateway.upstream.requests.wait(for: "two more trials") { $0.count >= 5 ? true : nil }
            try await eventually { try gateway.store.unconfirmedHomeUsers().isEmpty }
            #expect(gateway.token(of: "alice") == "access")
        }
    }

    @Test func settlesAtTheStartWhatAnEarlierProcessLeft() async throws {
        for (step, left) in [
            (ScriptedUpstream.Step.answer(200, [], "{}"), "new"), (Self.refused, GatewayFixture.token),
        ] {
            let upstream = ScriptedUpstream { _, _ in step }
            try await GatewayFixture.run(
                upstream,
                change: { _, services in
                    guard let name = HomeUserName("alice"), let north = TenantName("north") else { return }
                    _ = try? services.custody.replaceCredential(
                        of: name, in: north, token: .init(utf8: "new"), tokenSecret: .init(utf8: "s"))
                }
            ) { gateway in
                try await eventually { try gateway.store.unconfirmedHomeUsers().isEmpty }
                #expect(gateway.token(of: "alice") == left)
                #expect(gateway.upstream.targets == ["/oauth/user"])
            }
        }
    }

    @Test func aDecisionMeanwhileStands() async throws {
        let upstream = ScriptedUpstream.granting(["/oauth/access_token": .hold])
        try await GatewayFixture.connecting(upstream) { gateway in
            let token = try await gateway.outOfBandToken(for: "alice")
            async let call = gateway.finish("alice", token: token)
            try await gateway.upstream.waitForHeld()
            try gateway.store.setState(
                .frozen, reason: "stop", of: try #require(HomeUserName("alice")), in: gateway.north)
            try await gateway.upstream.release(.answer(200, [], "oauth_token=new&oauth_token_secret=s"))
            #expect(try await call.slug == "connection-overtaken")
            #expect(gateway.user("alice")?.state == .frozen)
        }
    }

    @Test func anotherAccountTakesNothingOver() async throws {
        let granting = ScriptedUpstream.granting()
        let upstream = ScriptedUpstream { number, request in
            switch number {
            case 2: .answer(200, [], #"{"id":"7","username":"alice"}"#)
            case 5: .answer(200, [], #"{"id":8,"username":"alice"}"#)
            case 8: .answer(200, [], #"{"id":7,"username":"renamed"}"#)
            default: granting.step(number, request)
            }
        }
        try await GatewayFixture.connecting(upstream) { gateway in
            #expect(
                try await gateway.finish("alice", token: try await gateway.outOfBandToken(for: "alice")).status == 200)
            #expect(gateway.user("alice")?.upstreamAccount == UpstreamAccount(id: "7", username: "alice"))
            let token = gateway.token(of: "alice")
            let other = try await gateway.finish("alice", token: try await gateway.outOfBandToken(for: "alice"))
            #expect(other.status == 409 && other.slug == "connect-other-account", "\(other.bodyText)")
            #expect(gateway.token(of: "alice") == token && gateway.user("alice")?.state == .active)
            #expect(try gateway.store.unconfirmedHomeUsers().isEmpty)
            #expect(
                try await gateway.finish("alice", token: try await gateway.outOfBandToken(for: "alice")).status == 200)
            #expect(gateway.user("alice")?.upstreamAccount == UpstreamAccount(id: "7", username: "renamed"))
        }
    }

    @Test func endsInTheModeItWasBegunIn() async throws {
        try await GatewayFixture.connecting { gateway in
            let browser = try await gateway.temporaryToken(for: "carol")
            #expect(try await gateway.finish("carol", token: browser).slug == "connection-unknown")
            let carried = try await gateway.outOfBandToken(for: "carol")
            #expect(try await gateway.callBack("oauth_token=\(carried)&oauth_verifier=v").status == 404)
            #expect(try gateway.store.openSessions(in: nil).count == 2)
        }
    }

    @Test func isOnlyForTheUserItWasBegunFor() async throws {
        try await GatewayFixture.connecting { gateway in
            let token = try await gateway.outOfBandToken(for: "carol")
            #expect(try await gateway.finish("alice", token: token).slug == "connection-unknown")
            let south = try gateway.store.newKey(of: "other", in: "south", scopes: .connect)
            #expect(try await gateway.finish("carol", token: token, key: south).slug == "connection-unknown")
            let good = try await gateway.finish("carol", token: token)
            #expect(good.status == 200 && good.member("state") == "active" && good.member("user") == "carol")
            #expect(try await gateway.finish("carol", token: token).slug == "connection-used")
        }
    }

    @Test func saysThatTheTokenCouldNotBeStored() async throws {
        let upstream = ScriptedUpstream.granting(["/oauth/access_token": .hold])
        try await GatewayFixture.connecting(upstream) { gateway in
            let token = try await gateway.outOfBandToken(for: "carol")
            async let call = gateway.finish("carol", token: token)
            try await gateway.upstream.waitForHeld()
            try await gateway.breakTable("home_user")
            try await gateway.upstream.release(.answer(200, [], "oauth_token=new&oauth_token_secret=s"))
            #expect(try await call.slug == "connection-not-stored")
            #expect(gateway.user("carol") == nil)
        }
    }

    private func eventually(_ condition: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while try !condition() {
            try #require(ContinuousClock.now < deadline, "it did not happen")
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
