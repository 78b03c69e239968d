// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import RateLimits
import Synchronization
import TestSupport
import Testing

@testable import Gateway

struct LimitingTests {
    private static let path = ConnectionTests.path
    private static let narrow = LimitTerms(rate: Rate(permits: 1, per: .hour), burst: 1)

    @Test(arguments: LimitKind.allCases)
    func everyKindLimits(kind: LimitKind) async throws {
        var limits = LimitDefaults()
        switch kind {
        case .homeUser: limits.homeUser = Self.narrow
        case .caller: limits.caller = Self.narrow
        case .tenant: limits.tenant = Self.narrow
        case .consumer: limits.consumer = Self.narrow
        }
        try await GatewayFixture.run(limits: limits) { gateway in
            let first = try await gateway.call("GET", Self.path)
            #expect(first.header("ratelimit")?.hasPrefix("\"\(kind.rawValue)\";r=0;t=") == true)
            let second = try await gateway.call("GET", Self.path)
            #expect(second.status == 429)
            #expect(second.bodyText.contains("\"violated-policies\":[\"\(kind.rawValue)\"]"))
            #expect(second.header("wego-gateway-error-source") == "gateway")
        }
    }

    @Test func showsAllWindowsTheMostConstrainedFirst() async throws {
        let limits = LimitDefaults(
            homeUser: LimitTerms(
                rate: Rate(permits: 60, per: .minute), burst: 10, windows: [Rate(permits: 2, per: .day)]),
            caller: LimitTerms(rate: Rate(permits: 100, per: .second), burst: 100))
        try await GatewayFixture.run(limits: limits) { gateway in
            let first = try await gateway.call("GET", Self.path)
            #expect(
                first.header("ratelimit-policy")
                    == #""home-user-day";q=2;w=86400, "home-user";q=60;w=60;wego-burst=10, "caller";q=100;w=1"#)
            _ = try await gateway.call("GET", Self.path)
            let refused = try await gateway.call("GET", Self.path)
            #expect(refused.bodyText.contains(#""violated-policies":["home-user-day"]"#))
            #expect(Int(refused.header("retry-after") ?? "").map { (43_000...43_200).contains($0) } == true)
        }
    }

    /// The place that the answered call had is free when its answer arrives.
    @Test func tellsOfCallsInFlight() async throws {
        let limits = LimitDefaults(homeUser: LimitTerms(concurrency: 1))
        try await GatewayFixture.run(ScriptedUpstream { _, _ in .hold }, limits: limits) { gateway in
            async let calling = gateway.call("GET", Self.path)
            try await gateway.upstream.waitForHeld()
            let refused = try await gateway.call("GET", Self.path)
            #expect(refused.status == 429 && refused.header("retry-after") == "1")
            #expect(refused.header("ratelimit") == #""home-user-concurrency";r=0"#)
            #expect(refused.bodyText.contains(#""violated-policies":["home-user-concurrency"]"#))
            #expect(refused.bodyText.contains("There is room again when one of them ends"))
            #expect(!refused.bodyText.contains("are refused too"))
            try await gateway.upstream.release()
            let first = try await calling
            #expect(first.status == 200 && first.header("ratelimit") == #""home-user-concurrency";r=1"#)
            #expect(first.header("ratelimit-policy") == #""home-user-concurrency";q=1;qu="concurrent-requests""#)
        }
    }

    @Test func anOverrideHoldsForTheNextCall() async throws {
        try await GatewayFixture.run(limits: LimitDefaults(homeUser: Self.narrow)) { gateway in
            #expect(try await gateway.call("GET", Self.path).status == 200)
            #expect(try await gateway.call("GET", Self.path).status == 429)
            try gateway.setLimits(.homeUser, "alice", LimitAdjustment(rate: Rate(permits: 600, per: .day), burst: 3))
            #expect(try await gateway.call("GET", Self.path).status == 200)
            #expect(try await gateway.call("GET", Self.path).status == 200)
            #expect(try await gateway.call("GET", Self.path).status == 429, "the first call still counts")
            try gateway.setLimits(.tenant, "north", LimitAdjustment(concurrency: 1))
            try gateway.setLimits(.homeUser, "alice", LimitAdjustment(burst: 50))
            let response = try await gateway.call("GET", Self.path)
            #expect(response.status == 200)
        }
    }

    /// So does one that is made while a call waits.
    @Test func anOverrideHoldsForThoseWhoWait() async throws {
        try await GatewayFixture.run(limits: LimitDefaults(homeUser: Self.narrow)) { gateway in
            #expect(try await gateway.call("GET", Self.path).status == 200)
            async let waiting = gateway.call("GET", Self.path, ["Prefer: wait=300"])
            try await gateway.waitingCalls(are: 1)
            try gateway.setLimits(.homeUser, "alice", LimitAdjustment(rate: Rate(permits: 600, per: .minute), burst: 3))
            gateway.plane.tidyLimits()
            #expect(try await waiting.status == 200)
        }
    }

    @Test func shadowModeLetsThroughAndTells() async throws {
        var shadow = Self.narrow
        shadow.isShadow = true
        let told = Mutex<[ShadowRefusal]>([])
        try await GatewayFixture.run(
            limits: LimitDefaults(homeUser: shadow),
            change: { _, services in services.onShadowRefusal = { refusal in told.withLock { $0.append(refusal) } } }
        ) { gateway in
            for _ in 0..<4 {
                let response = try await gateway.call("GET", Self.path)
                #expect(response.status == 200 && response.header("ratelimit") == nil)
            }
            let counts = gateway.plane.services.limits.own.counts.homeUser
            #expect(counts.admitted == 1 && counts.shadowed == 3)
            #expect(told.withLock { $0.first?.subject } == LimitKey(.homeUser, tenant: "north", name: "alice"))
            let metrics = gateway.plane.limitMetrics
            #expect(metrics.contains(#"limit_decisions_total{policy="home-user",decision="shadow-refused"} 3"#))
        }
    }

    /// One user asks for everything; the other gets its share all the same.
    @Test func oneUserDoesNotStarveTheOther() async throws {
        let limits = LimitDefaults(consumer: LimitTerms(rate: Rate(permits: 1, per: .hour), burst: 40))
        try await GatewayFixture.run(limits: limits, change: { $1.clock = MovedClock() }) { gateway in
            try gateway.importUser("bob")
            let bob = "/users/bob/api/v1/wego_home/building"
            #expect(try await gateway.call("GET", bob).status == 200)
            var refused = try await gateway.call("GET", Self.path)
            for _ in 0..<40 where refused.status == 200 { refused = try await gateway.call("GET", Self.path) }
            #expect(refused.status == 429)
            #expect(refused.bodyText.contains("had its share of it already"))
            #expect(refused.bodyText.contains(#""violated-policies":["consumer-fair-share"]"#))
            #expect(!refused.bodyText.contains("are refused too"))
            let seconds = try #require(refused.header("retry-after"))
            let start = #""consumer-fair-share";r=0;t=\#(seconds), "consumer";r="#
            #expect(refused.header("ratelimit")?.hasPrefix(start) == true)
            #expect(try await gateway.call("GET", bob).status == 200)
        }
    }
}
