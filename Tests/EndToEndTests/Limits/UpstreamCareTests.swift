// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import TestSupport
import Testing

/// How the gateway spares an upstream that is overloaded or loses connections, from outside.
struct UpstreamCareTests {
    private static let path = "/users/alice/oauth/user"

    private static func gateway(_ settings: [String: String]) async throws -> SandboxedGateway {
        try await SandboxedGateway(SandboxState(users: ["alice"], samples: false), settings: settings)
    }

    @Test func overloadLowersHowManyCallsAreUnderWayAndGoodAnswersRaiseIt() async throws {
        let gateway = try await Self.gateway([
            "UPSTREAM_MAX_CONNECTIONS": "20", "UPSTREAM_TIMEOUT": "300s", "UPSTREAM_CONNECT_TIMEOUT": "300s",
        ])
        try await gateway.shows("wego_gateway_upstream_concurrency_limit 20")
        try await gateway.sandbox.script(#"{"match": {"user": "alice"}, "fault": {"status": 500}}"#)
        let overloaded = try await gateway.send("GET", Self.path)
        #expect(overloaded.status == 500 && overloaded.header("wego-gateway-error-source") == "upstream")
        try await gateway.shows("wego_gateway_upstream_concurrency_limit 16")
        let shown = try await gateway.command("limits", "show", "--json")
        #expect(shown.contains(#""concurrency_limit": 16, "connections": 20"#), "\(shown)")
        #expect(try await gateway.ops("/readyz").contains(#""concurrency_limit": 16"#))

        for round in 1...2 {
            gateway.sandbox.pause()
            let calls = (0..<16).map { _ in
                Task { try await gateway.client().send("GET", Self.path, within: .seconds(120)).status }
            }
            try await gateway.shows("wego_gateway_upstream_concurrency 16")
            let held = try await gateway.send("GET", Self.path)
            #expect(held.status == 503 && held.bodyText.contains("problem:upstream-busy"), "round \(round)")
            #expect(held.header("wego-gateway-error-source") == "gateway" && held.header("retry-after") != nil)
            try await gateway.shows(#"wego_gateway_upstream_held_total{cause="busy"} \#(round)"#)
            gateway.sandbox.resume()
            for call in calls { #expect(try await call.value == 200) }
        }
        // Of each round nine ended while at least half of the places were taken; sixteen of those make room for one more.
        try await gateway.shows("wego_gateway_upstream_concurrency_limit 17", "wego_gateway_upstream_concurrency 0")
        #expect(try await gateway.sandbox.arrivalCount() == 33)
    }

    @Test func secondAttemptsEndWithTheirBudget() async throws {
        let gateway = try await Self.gateway(["UPSTREAM_PROTECTION_CIRCUIT_BREAKER": "false"])
        try await gateway.shows("wego_gateway_retry_budget 10")
        try await gateway.sandbox.script(
            #"{"match": {"user": "alice"}, "fault": {"cut": "after-read"}, "times": 100}"#)
        // Ten are saved up, and ten first attempts pay for one more.
        for _ in 0..<12 { #expect(try await gateway.send("GET", Self.path).status == 502) }
        try await gateway.shows("wego_gateway_retry_budget 0", "wego_gateway_retries_refused_total 1")
        #expect(try await gateway.sandbox.arrivalCount() == 12 + 11)
        #expect(try await gateway.command("limits", "show", "--json").contains(#""retries_left": 0"#))
        // Calls go on without, and one of them alone costs nothing else.
        #expect(try await gateway.send("GET", Self.path).status == 502)
        #expect(try await gateway.sandbox.arrivalCount() == 12 + 11 + 1)
    }
}
