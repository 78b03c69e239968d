// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody
import RateLimits
import Secrets
import TestSupport
import Testing

@testable import Gateway

/// What the gateway does for the upstream, and what callers see of it.
struct UpstreamCareTests {
    private static let path = ConnectionTests.path

    @Test(arguments: [429, 503])
    func aPauseHoldsForTheWholeConsumer(status: Int) async throws {
        let upstream = ScriptedUpstream { number, _ in
            number == 0 ? .answer(status, ["Retry-After: 120"], "slow down") : .answer(200, [], "{}")
        }
        try await GatewayFixture.run(upstream, change: { $1.clock = MovedClock() }) { gateway in
            try gateway.importUser("bob")
            let first = try await gateway.call("GET", Self.path)
            #expect(first.status == status && first.bodyText == "slow down")
            #expect(first.header("wego-gateway-error-source") == "upstream")
            #expect(first.header("retry-after") == "120")
            let other = try await gateway.call("GET", "/users/bob/api/v1/wego_home/building")
            #expect(other.status == 503 && other.slug == "upstream-paused")
            #expect(other.header("wego-gateway-error-source") == "gateway")
            #expect(other.header("retry-after") == "120")
            #expect(gateway.upstream.requests.current.count == 1)
            // Another consumer, and the calls of nobody, go on.
            let south = try gateway.store.newKey(of: "other", in: "south", scopes: [.read])
            #expect(try await gateway.call("GET", Self.path, key: south).status == 200)
            #expect(try await gateway.call("GET", "/public/api/v1/utility_companies").status == 200)
            #expect(gateway.plane.limitMetrics.contains("wego_gateway_upstream_paused_consumers 1"))
        }
    }

    @Test func aPauseHoldsTheCredentialInEveryTenant() async throws {
        try await GatewayFixture.run(.answering(429, ["Retry-After: 120"])) { gateway in
            let (south, same) = (try #require(TenantName("south")), try #require(ConsumerName("same")))
            try gateway.store.addConsumer(same, in: south, key: "north-key", secret: Secret(utf8: "s"))
            try gateway.store.importHomeUser(
                try #require(HomeUserName("eve")), in: south, consumer: same, token: Secret(utf8: "t"),
                tokenSecret: Secret(utf8: "s"), isDeveloper: false)
            let key = try gateway.store.newKey(of: "other", in: "south", scopes: [.read])
            #expect(try await gateway.call("GET", Self.path).status == 429)
            #expect(try await gateway.call("GET", "/users/eve/oauth/user", key: key).slug == "upstream-paused")
            #expect(try await gateway.call("GET", Self.path, key: key).status == 429)
        }
    }

    @Test func aPauseUntilADateIsKept() async throws {
        let upstream = ScriptedUpstream.answering(503, ["Retry-After: Wed, 01 Jan 2200 00:00:00 GMT"])
        try await GatewayFixture.run(upstream, change: { $1.clock = MovedClock() }) { gateway in
            _ = try await gateway.call("GET", Self.path)
            let second = try await gateway.call("GET", Self.path)
            #expect(second.slug == "upstream-paused")
            #expect(
                Int(second.header("retry-after") ?? "").map { (290...300).contains($0) } == true, "not for 170 years")
        }
    }

    @Test func opensGentlyAfterAPause() async throws {
        let upstream = ScriptedUpstream { number, _ in
            number == 0 ? .answer(429, [], "") : number == 1 ? .hold : .answer(200, [], "{}")
        }
        try await GatewayFixture.run(upstream) { gateway in
            #expect(try await gateway.call("GET", Self.path).status == 429)
            async let first = gateway.call("GET", Self.path, ["Prefer: wait=300"])
            try await gateway.upstream.waitForHeld()
            #expect(try await gateway.call("GET", Self.path).slug == "upstream-reopening")
            async let waiting = gateway.call("GET", Self.path, ["Prefer: wait=300"])
            try await gateway.upstream.release()
            #expect(try await first.status == 200)
            #expect(try await waiting.status == 200)
        }
    }

    @Test func theCircuitOpensAndOneProbeClosesIt() async throws {
        let upstream = ScriptedUpstream { number, _ in
            number < 20 ? .fail(TransferFailure(.connectTimeout, .notSent)) : .answer(200, [], "{}")
        }
        let clock = MovedClock()
        try await GatewayFixture.run(upstream, change: { $1.clock = clock }) { gateway in
            for _ in 0..<20 { #expect(try await gateway.call("GET", Self.path).slug == "upstream-connect-timeout") }
            let held = try await gateway.call("GET", Self.path)
            #expect(held.status == 503 && held.slug == "upstream-circuit-open")
            #expect(Int(held.header("retry-after") ?? "").map { (1...5).contains($0) } == true)
            #expect(gateway.upstream.requests.current.count == 20)
            clock.advance(seconds: 5)
            #expect(try await gateway.call("GET", Self.path).status == 200)
            #expect(try await gateway.call("GET", Self.path).status == 200)
            #expect(gateway.plane.limitMetrics.contains("wego_gateway_circuit_breaker_openings_total 1"))
        }
    }

    @Test func overloadLimitsHowManyCallsAreUnderWay() async throws {
        let upstream = ScriptedUpstream { number, _ in number == 0 ? .answer(500, [], "") : .hold }
        try await GatewayFixture.run(
            upstream, change: { _, services in services.upstreamGuard = UpstreamGuard(maximumConcurrency: 20) }
        ) { gateway in
            #expect(try await gateway.call("GET", Self.path).status == 500)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<16 { group.addTask { try await gateway.call("GET", Self.path).status } }
                try await gateway.upstream.waitForHeld(16)
                #expect(try await gateway.call("GET", Self.path).slug == "upstream-busy")
                for _ in 0..<16 { try await gateway.upstream.release() }
                for try await status in group { #expect(status == 200) }
            }
        }
    }

    @Test func secondAttemptsHaveABudget() async throws {
        let upstream = ScriptedUpstream { _, _ in .fail(TransferFailure(.connectionLost, .notSent)) }
        try await GatewayFixture.run(
            upstream,
            change: { _, services in services.upstreamGuard = UpstreamGuard(.retryBudget, maximumConcurrency: 9) }
        ) { gateway in
            for _ in 0..<30 { _ = try await gateway.call("GET", Self.path) }
            // Ten saved up, and one in ten.
            #expect((40...43).contains(gateway.upstream.requests.current.count))
        }
    }

    /// A clock that jumps makes all calls in flight go again.
    @Test func soHaveCallsThatAreSignedAgain() async throws {
        let upstream = ScriptedUpstream.answering(401, ["Date: Sun, 06 Nov 1994 08:49:37 GMT"])
        try await GatewayFixture.run(
            upstream,
            change: { _, services in
                services.clock = StoppedClock(unixSeconds: 784_111_777 - 600)
                services.upstreamGuard = UpstreamGuard(.retryBudget, maximumConcurrency: 9)
            }
        ) { gateway in
            for _ in 0..<30 {
                let refused = try await gateway.call("GET", Self.path)
                #expect(refused.status == 401)
            }
            #expect((40...43).contains(gateway.upstream.requests.current.count))
        }
    }

    @Test func aSecondAttemptKeepsAPauseThatBeganMeanwhile() async throws {
        let upstream = ScriptedUpstream { number, _ in number == 0 ? .hold : .answer(429, ["Retry-After: 120"], "") }
        try await GatewayFixture.run(upstream) { gateway in
            async let first = gateway.call("GET", Self.path)
            try await gateway.upstream.waitForHeld()
            #expect(try await gateway.call("GET", Self.path).status == 429)
            try await gateway.upstream.release(.fail(TransferFailure(.connectionLost, .notSent)))
            let lost = try await first
            #expect(lost.slug == "upstream-connection-lost", "what came of the first attempt")
            #expect(gateway.upstream.requests.current.count == 2)
            #expect(gateway.plane.limitMetrics.contains("wego_gateway_upstream_concurrency 0\n"))
        }
    }

    @Test func aSecondAttemptCountsOnTheConsumer() async throws {
        let limits = LimitDefaults(consumer: LimitTerms(rate: Rate(permits: 3, per: .hour), burst: 3, concurrency: 1))
        let upstream = ScriptedUpstream { _, _ in .fail(TransferFailure(.connectionLost, .notSent)) }
        try await GatewayFixture.run(upstream, limits: limits) { gateway in
            let first = try await gateway.call("GET", Self.path)
            #expect(first.slug == "upstream-connection-lost")
            #expect(gateway.upstream.requests.current.count == 2)
            #expect(try await gateway.call("GET", Self.path).slug == "upstream-connection-lost")
            #expect(gateway.upstream.requests.current.count == 3, "there was no room for a second one")
            #expect(try await gateway.call("GET", Self.path).slug == "quota-exceeded")
            #expect(gateway.plane.limitMetrics.contains("wego_gateway_upstream_concurrency 0\n"))
        }
    }

    @Test func theProbeIsNotFollowedByAnother() async throws {
        let upstream = ScriptedUpstream { _, _ in .fail(TransferFailure(.connectionLost, .notSent)) }
        let clock = MovableClock()
        try await GatewayFixture.run(
            upstream,
            change: { _, services in
                services.clock = clock
                services.upstreamGuard = UpstreamGuard([.breaker], maximumConcurrency: 9)
            }
        ) { gateway in
            // Each of ten calls fails twice.
            for _ in 0..<10 { _ = try await gateway.call("GET", Self.path) }
            #expect(gateway.upstream.requests.current.count == 20)
            #expect(try await gateway.call("GET", Self.path).slug == "upstream-circuit-open")
            clock.advance(seconds: 6)
            #expect(try await gateway.call("GET", Self.path).slug == "upstream-connection-lost")
            #expect(gateway.upstream.requests.current.count == 21)
        }
    }
}
