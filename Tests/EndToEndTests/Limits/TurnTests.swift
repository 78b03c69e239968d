// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import TestSupport
import Testing

/// Calls that wait for their turn, from outside. The sandbox stands still while they do, so that nothing depends on how fast
/// anything is; the metrics tell when they are there.
struct TurnTests {
    /// Long enough for any machine.
    private static let patience = [
        "LIMITS_WAITING_LONGEST": "300s", "UPSTREAM_TIMEOUT": "300s", "UPSTREAM_CONNECT_TIMEOUT": "300s",
    ]

    private static func gateway(_ settings: [String: String]) async throws -> SandboxedGateway {
        try await SandboxedGateway(
            SandboxState(users: ["alice", "bob"], samples: false),
            settings: settings.merging(patience) { own, _ in own })
    }

    private static func path(_ user: String) -> String { "/users/\(user)/oauth/user" }

    private func call(
        _ gateway: SandboxedGateway, _ user: String, _ fields: String...
    ) -> Task<RawResponse, any Error> {
        Task { try await gateway.client().send("GET", Self.path(user), headers: fields, within: .seconds(120)) }
    }

    /// A client that waits for its turn and does not stay for the answer.
    private func waitingClient(_ gateway: SandboxedGateway, _ user: String) async throws -> RawConnection {
        let connection = try RawConnection.tcp(port: gateway.port)
        try await connection.send(
            "GET \(Self.path(user)) HTTP/1.1\r\nHost: 127.0.0.1:\(gateway.port)\r\n"
                + "Authorization: Bearer \(gateway.key)\r\nPrefer: wait=300\r\n\r\n")
        return connection
    }

    @Test func aCallWaitsAndOneThatGoesAwayGivesItsPlaceBack() async throws {
        let gateway = try await Self.gateway([
            "LIMITS_HOME_USER_CONCURRENCY": "1", "LIMITS_WAITING_PER_CONSUMER": "2", "LIMITS_WAITING_TOTAL": "2",
        ])
        gateway.sandbox.pause()
        let first = call(gateway, "alice")
        try await gateway.shows("wego_gateway_upstream_concurrency 1", "wego_gateway_waiting_calls 0")
        let second = call(gateway, "alice", "Prefer: wait=300")
        try await gateway.shows("wego_gateway_waiting_calls 1")
        do {
            let gone = try await waitingClient(gateway, "alice")
            try await gateway.shows("wego_gateway_waiting_calls 2")
            #expect(try await gateway.command("limits", "show", "--json").contains(#""waiting_calls": 2"#))
            #expect(try await gateway.ops("/readyz").contains(#""waiting_calls": 2"#))
            // There are two places, and both are taken.
            let refused = try await gateway.send("GET", Self.path("alice"), headers: ["Prefer: wait=300"])
            #expect(refused.status == 429 && refused.header("wego-gateway-error-source") == "gateway")
            gone.setResetOnClose()
        }
        try await gateway.shows(
            "wego_gateway_waiting_calls 1", #"wego_gateway_waiting_seconds_count{end="gave-up"} 1"#,
            "wego_gateway_waiting_refused_total 1")
        // The place is free again, also for one who only closes its side.
        let half = try await waitingClient(gateway, "alice")
        try await gateway.shows("wego_gateway_waiting_calls 2")
        half.finishSending()
        #expect(try await half.response(within: .seconds(60)).status == 429)
        try await gateway.shows("wego_gateway_waiting_calls 1")

        gateway.sandbox.resume()
        #expect(try await first.value.status == 200)
        let served = try await second.value
        #expect(served.status == 200 && served.header("preference-applied") == "wait=300")
        #expect(try await gateway.sandbox.arrivalCount() == 2, "those that went away were never sent")
        try await gateway.shows(
            "wego_gateway_waiting_calls 0", #"wego_gateway_waiting_seconds_count{end="went"} 1"#,
            "wego_gateway_upstream_concurrency 0")
    }

    @Test func aUsersCrowdMakesWayForAnother() async throws {
        let gateway = try await Self.gateway([
            "LIMITS_CONSUMER_CONCURRENCY": "1", "LIMITS_WAITING_PER_CONSUMER": "2",
        ])
        gateway.sandbox.pause()
        let first = call(gateway, "alice")
        try await gateway.shows("wego_gateway_upstream_concurrency 1")
        let second = call(gateway, "alice", "Prefer: wait=300")
        try await gateway.shows("wego_gateway_waiting_calls 1")
        let third = call(gateway, "alice", "Prefer: wait=300")
        try await gateway.shows("wego_gateway_waiting_calls 2")
        let bob = call(gateway, "bob", "Prefer: wait=300")
        #expect(try await third.value.status == 429)
        try await gateway.shows(
            "wego_gateway_waiting_calls 2", #"wego_gateway_waiting_seconds_count{end="displaced"} 1"#)
        gateway.sandbox.resume()
        for call in [first, second, bob] { #expect(try await call.value.status == 200) }
    }

    @Test func batchComesAfterInteractive() async throws {
        let gateway = try await Self.gateway(["LIMITS_CONSUMER_CONCURRENCY": "1"])
        gateway.sandbox.pause()
        let first = call(gateway, "alice")
        try await gateway.shows("wego_gateway_upstream_concurrency 1")
        let batch = call(gateway, "alice", "Prefer: wait=300", "Wego-Gateway-Priority: batch")
        try await gateway.shows("wego_gateway_waiting_calls 1")
        let interactive = call(gateway, "bob", "Prefer: wait=300")
        try await gateway.shows("wego_gateway_waiting_calls 2")
        gateway.sandbox.resume()
        for call in [first, batch, interactive] { #expect(try await call.value.status == 200) }
        #expect(try await gateway.sandbox.arrivals().map(\.user) == ["alice", "bob", "alice"])
    }

    /// Without waiting: what is left of a consumer's limit is not for batch calls.
    @Test func batchIsRefusedWhereInteractiveGoes() async throws {
        let gateway = try await Self.gateway(["LIMITS_CONSUMER_RATE": "1/h", "LIMITS_CONSUMER_BURST": "40"])
        var refused = 0
        for _ in 0..<40 {
            let response = try await gateway.send("GET", Self.path("alice"), headers: ["Wego-Gateway-Priority: batch"])
            if response.status == 429 { refused += 1 }
        }
        #expect(refused > 0)
        let interactive = try await gateway.send("GET", Self.path("alice"))
        #expect(interactive.status == 200)
        #expect(try await gateway.sandbox.arrivalCount() == 41 - refused)
    }

    @Test func badWishesAreRefused() async throws {
        let gateway = try await Self.gateway([:])
        for field in [
            "Prefer: wait", "Prefer: wait=", "Prefer: wait=soon", "Prefer: wait=-1", "Prefer: wait=1.5",
            "Prefer: wait=3601", "Prefer: wait=99999999999999999999", "Wego-Gateway-Priority: urgent",
        ] {
            let response = try await gateway.send("GET", Self.path("alice"), headers: [field])
            #expect(response.status == 400 && response.bodyText.contains("problem:field-invalid"), "\(field)")
        }
        #expect(try await gateway.sandbox.arrivalCount() == 0)
    }
}
