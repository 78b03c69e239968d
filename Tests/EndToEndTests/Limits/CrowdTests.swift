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

    /// One asks for all it can get, ten for less than their share.
    @Test func oneGreedyUserLeavesTheOthersTheirShare() async throws {
        let gateway = try await CrowdGateway(settings: [
            "LIMITS_CONSUMER_RATE": "60/s", "LIMITS_CONSUMER_BURST": "60", "LIMITS_HOME_USER_RATE": "100000/s",
            "LIMITS_HOME_USER_BURST": "100000", "LIMITS_CALLER_RATE": "100000/s", "LIMITS_CALLER_BURST": "100000",
            "LIMITS_TENANT_RATE": "100000/s", "LIMITS_TENANT_BURST": "100000",
        ])
        let end = ContinuousClock.now + .seconds(6)
        let greedy = Task {
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        var refused = 0
                        while ContinuousClock.now < end {
                            if try await gateway.call("user1").status == 429 { refused += 1 }
                        }
                        return refused
                    }
                }
                return try await group.reduce(0, +)
            }
        }
        let others = try await withThrowingTaskGroup(of: (asked: Int, went: Int).self) { group in
            for number in 2...11 {
                group.addTask {
                    var (asked, went) = (0, 0)
                    while ContinuousClock.now < end {
                        asked += 1
                        if try await gateway.call("user\(number)").status == 200 { went += 1 }
                        // Two a second at most, of five and a half.
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
        #expect(try await greedy.value > 0, "the greedy one met the limit")
        #expect(others.went * 10 >= others.asked * 9, "\(others.went) of \(others.asked)")
    }
}
