// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import TestSupport
import Testing

/// Fifty home users of one consumer, and what each caller sees.
struct CrowdTests {
    /// Nothing here depends on how fast the machine is: the first pause is waited for, the second outlasts the test.
    @Test func aPauseThatWegoWiseAskedForHoldsForAllFifty() async throws {
        let gateway = try await CrowdGateway(settings: ["LIMITS_WAITING_LONGEST": "300s"])
        // The first to call is told to slow down. Whoever waits is served when the pause is over, a few at first.
        try await Self.expectPause(of: 1, to: "user7", gateway)
        let served = try await gateway.callAll(CrowdGateway.users, ["Prefer: wait=300"])
        #expect(served.map(\.response.status) == Array(repeating: 200, count: 50))
        let arrivals = try await gateway.sandbox.arrivals(at: CrowdGateway.path)
        #expect(arrivals.count == 51)
        #expect(Set(arrivals.compactMap(\.user)) == Set(CrowdGateway.users))

        // Who does not wait is told by the gateway, and nothing is sent.
        try await Self.expectPause(of: 300, to: "user8", gateway)
        for seen in try await gateway.callAll(CrowdGateway.users) {
            #expect(seen.response.status == 503, "\(seen.user)")
            #expect(seen.response.header("wego-gateway-error-source") == "gateway")
            #expect(seen.response.bodyText.contains("urn:wego-gateway:problem:upstream-paused"))
            #expect(Int(seen.response.header("retry-after") ?? "").map { (1...300).contains($0) } == true)
        }
        #expect(try await gateway.sandbox.arrivals(at: CrowdGateway.path).count == 52)
        let shown = try await gateway.command("limits", "show", "--json")
        #expect(shown.contains(#""consumer": "main", "state": "paused""#))
        #expect(try await gateway.ops("/readyz").bodyText.contains(#""paused_consumers": 1"#))
        let metrics = try await gateway.ops("/metrics").bodyText
        #expect(metrics.contains("wego_gateway_upstream_pauses_total 2"))
        #expect(metrics.contains(#"wego_gateway_upstream_held_total{cause="paused"} "#))
        #expect(metrics.contains("wego_gateway_waiting_calls 0"))
    }

    private static func expectPause(of seconds: Int, to user: String, _ gateway: CrowdGateway) async throws {
        try await gateway.sandbox.script(
            #"{"match": {"user": "\#(user)", "path_prefix": "/oauth/user"}, "fault": {"retry_after": \#(seconds)}}"#)
        let response = try await gateway.call(user)
        #expect(response.status == 429)
        #expect(response.header("wego-gateway-error-source") == "upstream")
        #expect(response.header("retry-after") == "\(seconds)")
        #expect(response.header("ratelimit") != nil)
    }

    /// One asks for all it can get, ten for less than their share of what there is: a hundred calls and what the rate brings
    /// meanwhile, which is more on a slow machine and so harms nobody. How it goes over time is what the simulation in
    /// RateLimitsTests shows.
    @Test func oneGreedyUserLeavesTheOthersTheirShare() async throws {
        let gateway = try await CrowdGateway(settings: [
            "LIMITS_CONSUMER_RATE": "5/s", "LIMITS_CONSUMER_BURST": "100", "LIMITS_CONSUMER_CONCURRENCY": "1000",
            "LIMITS_HOME_USER_RATE": "100000/s", "LIMITS_HOME_USER_BURST": "100000",
            "LIMITS_HOME_USER_CONCURRENCY": "1000", "LIMITS_CALLER_RATE": "100000/s", "LIMITS_CALLER_BURST": "100000",
            "LIMITS_CALLER_CONCURRENCY": "1000", "LIMITS_TENANT_RATE": "100000/s", "LIMITS_TENANT_BURST": "100000",
        ])
        let (greedy, others) = ("user1", (2...11).map { "user\($0)" })
        var (refused, went) = (0, 0)
        for _ in 0..<3 {
            let seen = try await gateway.callAll(others + Array(repeating: greedy, count: 60))
            refused += seen.count { $0.user == greedy && $0.response.status == 429 }
            went += seen.count { $0.user != greedy && $0.response.status == 200 }
        }
        #expect(refused > 0, "the greedy one met the limit")
        #expect(went >= 27, "\(went) of 30 calls of the others went")
    }
}
