// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import TestSupport
import Testing

/// Fifty home users of one consumer, and what each caller sees.
struct CrowdTests {
    @Test func aPauseThatWegoWiseAskedForHoldsForAllFifty() async throws {
        let gateway = try await CrowdGateway()
        // The first to call is told to slow down.
        try await gateway.sandbox.script(
            #"{"match": {"user": "user7", "path_prefix": "/oauth/user"}, "fault": {"retry_after": 8}}"#)
        let first = try await gateway.call("user7")
        #expect(first.status == 429)
        #expect(first.header("wego-gateway-error-source") == "upstream")
        #expect(first.header("retry-after") == "8")
        #expect(first.header("ratelimit") != nil)

        // The others are told by the gateway, and nothing is sent.
        let held = try await gateway.callAll(CrowdGateway.users)
        for seen in held {
            #expect(seen.response.status == 503, "\(seen.user)")
            #expect(seen.response.header("wego-gateway-error-source") == "gateway")
            #expect(seen.response.bodyText.contains("urn:wego-gateway:problem:upstream-paused"))
            #expect(Int(seen.response.header("retry-after") ?? "").map { (1...8).contains($0) } == true)
        }
        #expect(try await gateway.sandbox.arrivals(at: CrowdGateway.path).count == 1)
        let shown = try await gateway.command("limits", "show", "--json")
        #expect(shown.contains(#""consumer": "main", "state": "paused""#))
        #expect(try await gateway.ops("/readyz").bodyText.contains(#""paused_consumers": 1"#))

        // Whoever waits is served when the pause is over, a few at first.
        let served = try await gateway.callAll(CrowdGateway.users, ["Prefer: wait=20"])
        #expect(served.map(\.response.status) == Array(repeating: 200, count: 50))
        let arrivals = try await gateway.sandbox.arrivals(at: CrowdGateway.path)
        #expect(arrivals.count == 51)
        #expect(Set(arrivals.compactMap(\.user)) == Set(CrowdGateway.users))
        let metrics = try await gateway.ops("/metrics").bodyText
        #expect(metrics.contains("wego_gateway_upstream_pauses_total 1"))
        #expect(metrics.contains(#"wego_gateway_upstream_held_total{cause="paused"} "#))
        #expect(metrics.contains("wego_gateway_waiting_calls 0"))
    }

    /// One asks for all it can get, ten for less than their share. The proof is the simulation in RateLimitsTests; here a
    /// machine that starves everybody for a moment says nothing, so the best of a few rounds counts.
    @Test func oneGreedyUserLeavesTheOthersTheirShare() async throws {
        let gateway = try await CrowdGateway(settings: [
            "LIMITS_CONSUMER_RATE": "60/s", "LIMITS_CONSUMER_BURST": "60", "LIMITS_HOME_USER_RATE": "100000/s",
            "LIMITS_HOME_USER_BURST": "100000", "LIMITS_CALLER_RATE": "100000/s", "LIMITS_CALLER_BURST": "100000",
            "LIMITS_TENANT_RATE": "100000/s", "LIMITS_TENANT_BURST": "100000",
        ])
        var seen: [String] = []
        for _ in 0..<4 {
            let end = ContinuousClock.now + .seconds(6)
            async let greedy = Self.callWithoutPause(gateway, "user1", until: end)
            let others = try await Self.callNowAndThen(gateway, (2...11).map { "user\($0)" }, until: end)
            #expect(try await greedy > 0, "the greedy one met the limit")
            if others.went * 10 >= others.asked * 9 { return }
            seen.append("\(others.went) of \(others.asked)")
        }
        Issue.record("the others got \(seen.joined(separator: ", "))")
    }

    /// - Returns: how many calls were refused.
    private static func callWithoutPause(
        _ gateway: CrowdGateway, _ user: String, until end: ContinuousClock.Instant
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    var refused = 0
                    while ContinuousClock.now < end {
                        if try await gateway.call(user).status == 429 { refused += 1 }
                    }
                    return refused
                }
            }
            return try await group.reduce(0, +)
        }
    }

    /// Two calls a second at most for each user, of a share of five and a half.
    private static func callNowAndThen(
        _ gateway: CrowdGateway, _ users: [String], until end: ContinuousClock.Instant
    ) async throws -> (asked: Int, went: Int) {
        try await withThrowingTaskGroup(of: (asked: Int, went: Int).self) { group in
            for user in users {
                group.addTask {
                    var (asked, went) = (0, 0)
                    while ContinuousClock.now < end {
                        asked += 1
                        if try await gateway.call(user).status == 200 { went += 1 }
                        try await Task.sleep(for: .milliseconds(500))
                    }
                    return (asked, went)
                }
            }
            return try await group.reduce(into: (asked: 0, went: 0)) {
                $0.asked += $1.asked
                $0.went += $1.went
            }
        }
    }
}
