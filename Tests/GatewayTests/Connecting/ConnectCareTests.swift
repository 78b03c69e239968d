// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import RateLimits
import TestSupport
import Testing

@testable import Gateway

/// Connecting home users, and what protects WegoWise: each call of a connection is held by it and tells it how it ended.
struct ConnectCareTests {
    private static let path = "/users/alice/oauth/user"
    private static let pause = ScriptedUpstream.Step.answer(429, ["Retry-After: 120"], "")

    /// Grants everything but the request of that number.
    private static func granting(but number: Int, _ step: ScriptedUpstream.Step) -> ScriptedUpstream {
        let granting = ScriptedUpstream.granting()
        return ScriptedUpstream { $0 == number ? step : granting.step($0, $1) }
    }

    @Test func aPauseAskedForAtTheBeginningHoldsTheConsumer() async throws {
        try await GatewayFixture.run(Self.granting(but: 0, Self.pause)) { gateway in
            let first = try await gateway.begin("carol")
            #expect(first.status == 502 && first.slug == "connect-refused")
            let second = try await gateway.begin("carol")
            #expect(second.status == 503 && second.slug == "upstream-paused")
            #expect(Int(second.header("retry-after") ?? "").map { (100...120).contains($0) } == true)
            #expect(try await gateway.call("GET", Self.path).slug == "upstream-paused")
            #expect(gateway.upstream.targets == ["/oauth/request_token"])
            let south = try gateway.store.newKey(of: "other", in: "south", scopes: .connect)
            #expect(try await gateway.call("POST", "/users/carol/connect", key: south).status == 201)
        }
    }

    @Test func aConnectionThatIsHeldCanBeFinishedLater() async throws {
        let clock = MovableClock()
        try await GatewayFixture.run(
            Self.granting(but: 2, Self.pause), change: { _, services in services.clock = clock }
        ) { gateway in
            let carried = try await gateway.outOfBandToken(for: "carol")
            let link = try await gateway.temporaryToken(for: "dave")
            #expect(try await gateway.call("GET", Self.path).status == 429)
            let finish = try await gateway.finish("carol", token: carried)
            #expect(finish.status == 503 && finish.slug == "upstream-paused")
            let page = try await gateway.callBack("oauth_token=\(link)&oauth_verifier=v")
            #expect(page.status == 503 && page.heading == "One moment, please")
            #expect(Int(page.header("retry-after") ?? "").map { (100...120).contains($0) } == true)
            #expect(gateway.upstream.requests.current.count == 3)
            clock.advance(seconds: 121)
            #expect(try await gateway.finish("carol", token: carried).status == 200)
            #expect(try await gateway.callBack("oauth_token=\(link)&oauth_verifier=v").status == 200)
            #expect(gateway.user("carol")?.state == .active && gateway.user("dave")?.state == .active)
        }
    }

    @Test(arguments: [1, 2])
    func exchangeAndTrialTellOfAPause(number: Int) async throws {
        try await GatewayFixture.run(Self.granting(but: number, Self.pause)) { gateway in
            let token = try await gateway.outOfBandToken(for: "carol")
            #expect(try await gateway.finish("carol", token: token).status == (number == 1 ? 502 : 202))
            #expect(try await gateway.call("GET", Self.path).slug == "upstream-paused")
            #expect(gateway.upstream.requests.current.count == number + 1)
        }
    }

    @Test func theGatewaysOwnChecksKeepTheSilence() async throws {
        let clock = MovableClock()
        try await GatewayFixture.run(
            Self.granting(but: 2, Self.pause),
            change: { _, services in
                services.clock = clock
                services.connecting.recheckInterval = .milliseconds(5)
            }
        ) { gateway in
            let token = try await gateway.outOfBandToken(for: "carol")
            #expect(try await gateway.finish("carol", token: token).status == 202)
            try await eventually { gateway.held("paused") >= 3 }
            #expect(gateway.upstream.requests.current.count == 3)
            clock.advance(seconds: 121)
            try await eventually { try gateway.store.unconfirmedHomeUsers().isEmpty }
            #expect(gateway.upstream.requests.current.count == 4)
        }
    }

    @Test func eachCallCountsOnTheConsumer() async throws {
        let limits = LimitDefaults(consumer: LimitTerms(rate: Rate(permits: 2, per: .hour), burst: 2, concurrency: 1))
        try await GatewayFixture.run(
            .granting(), limits: limits, change: { _, services in services.waiting.longest = .zero }
        ) { gateway in
            let token = try await gateway.outOfBandToken(for: "carol")
            // There is no room for the trial, which the gateway makes up for later.
            #expect(try await gateway.finish("carol", token: token).status == 202)
            #expect(gateway.upstream.targets == ["/oauth/request_token", "/oauth/access_token"])
            let refused = try await gateway.begin("dave")
            #expect(refused.status == 429 && refused.slug == "quota-exceeded")
            #expect(refused.bodyText.contains(#""violated-policies":["consumer"]"#))
        }
    }

    @Test func theTrialWaitsForItsTurn() async throws {
        let terms = LimitTerms(rate: Rate(permits: 20, per: .second), burst: 1, concurrency: 1)
        try await GatewayFixture.run(.granting(), limits: LimitDefaults(consumer: terms)) { gateway in
            let token = try await gateway.outOfBandToken(for: "carol")
            try await eventually { try await gateway.finish("carol", token: token).status == 200 }
        }
    }

    @Test func failuresOpenTheCircuitAndTheProbeIsNotLost() async throws {
        let clock = MovableClock()
        let granting = ScriptedUpstream.granting()
        let upstream = ScriptedUpstream { number, request in
            number < 20 ? .fail(TransferFailure(.connectTimeout, .notSent)) : granting.step(number, request)
        }
        try await GatewayFixture.run(upstream, change: { _, services in services.clock = clock }) { gateway in
            for _ in 0..<20 {
                let failed = try await gateway.begin("carol")
                #expect(failed.slug == "upstream-connect-timeout")
            }
            #expect(try await gateway.begin("carol").slug == "upstream-circuit-open")
            #expect(gateway.upstream.requests.current.count == 20)
            clock.advance(seconds: 6)
            // Whoever is first finds out for all.
            #expect(try await gateway.begin("carol").status == 201)
            #expect(try await gateway.call("GET", Self.path).status == 200)
        }
    }

    @Test func leavesNothingUnderWay() async throws {
        try await GatewayFixture.connecting(.granting(["/oauth/access_token": .answer(500, [], "")])) { gateway in
            let token = try await gateway.outOfBandToken(for: "carol")
            #expect(try await gateway.finish("carol", token: token).slug == "exchange-unclear")
            #expect(try await gateway.finish("carol", token: token).slug == "connection-used")
            for _ in 0..<10 { _ = try await gateway.temporaryToken(for: "dave") }
            #expect(try await gateway.begin("dave").slug == "connect-limit")
            #expect(gateway.plane.limitMetrics.contains("wego_gateway_upstream_concurrency 0\n"))
            #expect(gateway.plane.upstreamStatus.status.concurrency.isLimiting, "the 500 was noticed")
        }
    }

    private func eventually(_ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await !condition() {
            try #require(ContinuousClock.now < deadline, "it did not happen")
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

extension GatewayFixture {
    /// Attempts to send that were held for this cause.
    fileprivate func held(_ cause: String) -> Int {
        let name = #"wego_gateway_upstream_held_total{cause="\#(cause)"} "#
        let line = plane.limitMetrics.split(separator: "\n").first { $0.hasPrefix(name) }
        return line.flatMap { Int($0.dropFirst(name.count)) } ?? 0
    }
}
