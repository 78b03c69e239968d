// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import TestSupport
import Testing

/// States of home users, and the time of the upstream, through the built command against the sandbox.
struct CredentialLifeCycleTests {
    private static let path = "/users/alice/api/v1/wego_home/meters"

    @Test func fromRevokedToSuspectToActive() async throws {
        let gateway = try await ConnectGateway()
        #expect(try await gateway.send("GET", Self.path).status == 200)
        try await gateway.sandbox.revoke("alice")
        let refused = try await gateway.send("GET", Self.path)
        #expect(refused.status == 401)
        #expect(refused.header("wego-gateway-error-source") == "upstream")
        #expect(refused.header("wego-gateway-upstream-problem") == "token_revoked")
        // Not repeated.
        #expect(try await gateway.sandbox.arrivals(at: "/api/v1/wego_home/meters").count == 2)
        let shown = try await gateway.command("user", "show", "alice")
        #expect(shown.contains("suspect") && shown.contains("token_revoked"), "\(shown)")
        #expect(try await gateway.connect("alice").status == 200)
        #expect(try await gateway.state(of: "alice") == "active")
        #expect(try await gateway.send("GET", Self.path).status == 200)
    }

    @Test func freezesAndThawsAtOnce() async throws {
        let gateway = try await ConnectGateway()
        let clock = ContinuousClock()
        _ = try await gateway.command("user", "freeze", "alice", "--reason", "on holiday")
        var changed = clock.now
        let frozen = try await gateway.send("GET", Self.path)
        #expect(frozen.status == 403 && frozen.bodyText.contains("on holiday"))
        #expect(clock.now - changed < .seconds(1))
        #expect(try await gateway.sandbox.arrivals(at: "/api/").isEmpty)
        #expect(try await gateway.send("POST", "/users/alice/connect").status == 403)
        _ = try await gateway.command("user", "thaw", "alice")
        changed = clock.now
        #expect(try await gateway.send("GET", Self.path).status == 200)
        #expect(clock.now - changed < .seconds(1))
    }

    @Test(arguments: ["-600s", "600s", "-7200s"])
    func followsTheClockOfTheUpstream(_ skew: String) async throws {
        let gateway = try await ConnectGateway()
        try await gateway.sandbox.script(
            #"{"match": {"path_prefix": "/"}, "fault": {"skew": "\#(skew)"}, "times": 100}"#)
        #expect(try await gateway.send("GET", Self.path).status == 200)
        // One was refused, one signed anew; from then on the time is known.
        #expect(try await gateway.sandbox.arrivals(at: "/api/").map(\.verdict).first == "timestamp_refused")
        #expect(try await gateway.send("GET", Self.path).status == 200)
        #expect(try await gateway.sandbox.arrivals(at: "/api/").count == 3)
        #expect(try await gateway.connect("carol").status == 200)
        #expect(try await gateway.sandbox.arrivals(at: "/oauth/access_token").count == 1)
    }

    @Test func beginsAConnectionWithASkewedClock() async throws {
        let gateway = try await ConnectGateway()
        try await gateway.sandbox.script(#"{"fault": {"skew": "-900s"}, "times": 100}"#)
        #expect(try await gateway.connect("carol").status == 200)
        #expect(try await gateway.sandbox.arrivals(at: "/oauth/request_token").count == 2)
    }

    @Test func doesNotFollowAClockThatIsHoursOff() async throws {
        let gateway = try await ConnectGateway()
        try await gateway.sandbox.script(#"{"fault": {"skew": "-28800s"}, "times": 100}"#)
        let response = try await gateway.send("GET", Self.path)
        #expect(response.status == 401)
        #expect(response.header("wego-gateway-upstream-problem") == "timestamp_refused")
        #expect(try await gateway.sandbox.arrivals(at: "/api/").count == 1)
        #expect(try await gateway.state(of: "alice") == "active")
    }
}
