// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Curl
import Foundation
import Gateway
import RateLimits
import Settings
import StrictJSON
import Testing

@testable import WegoGatewayCLI

struct CompositionTests {
    @Test func callsTheSandboxWithoutAGateway() async throws {
        try await GatewayFixture.withSandbox { fixture in
            let (answer, explanation) = try await AdminConnection.with(fixture.settings, sending: true) { admin in
                let created = try await admin.send(
                    .post, ["call"], body: GatewayFixture.call("GET", "/oauth/user"))
                let explained = try await admin.send(
                    .post, ["sign-explain"], body: GatewayFixture.call("GET", "/api/v1/wego_home/building?b=2&a=1"))
                return (created, explained)
            }
            #expect(EntryOutput.text(answer["status"]) == "200")
            let uri = fixture.settings.upstream.baseURL.description + "/api/v1/wego_home/building"
            #expect(explanation["base_string_uri"]?.string == uri)
            #expect(explanation["header"]?.string?.contains("oauth_signature=\"<redacted>\"") == true)
        }
    }

    /// A GET behind a POST on one kept connection must not inherit the POST's body.
    @Test func methodsMayAlternateOnOneConnection() async throws {
        try await GatewayFixture.withSandbox { fixture in
            let statuses = try await AdminConnection.with(fixture.settings, sending: true) { admin in
                var statuses: [String] = []
                for (method, body) in [("GET", nil), ("POST", "{}"), ("GET", nil), ("DELETE", nil)]
                    as [(String, String?)]
                {
                    let call = GatewayFixture.call(method, "/api/v1/wego_home/building", body: body)
                    statuses.append(EntryOutput.text(try await admin.send(.post, ["call"], body: call)["status"]))
                }
                return statuses
            }
            #expect(statuses == ["404", "422", "404", "404"])
        }
    }

    @Test func refusalsOfExplanationsAreProblems() async throws {
        try await GatewayFixture.withSandbox { fixture in
            let problem = await #expect(throws: AdminProblem.self) {
                try await AdminConnection.with(fixture.settings, sending: true) { admin in
                    try await admin.send(.post, ["sign-explain"], body: GatewayFixture.call("GET", "/elsewhere"))
                }
            }
            #expect(problem?.status == 404)
        }
    }

    @Test func theConfiguredLimitsAreTheDefaultsOfOverrides() {
        var settings = GatewaySettings(baseDirectory: "/")
        settings.limits.caller.burst = 7
        let defaults = LimitDefaults(settings.limits)
        #expect(
            defaults.homeUser == LimitTerms(rate: Rate(permits: 120, per: .minute), burst: 30, concurrency: 8))
        #expect(defaults.caller.burst == 7)
        #expect(defaults.consumer.concurrency == 128)
    }

    @Test func tellsEachModuleItsSettings() throws {
        var settings = GatewaySettings(baseDirectory: "/etc/wego")
        settings.listen.unixSocket = "run/wego.sock"
        settings.listen.maxRequestBody = .kibibytes(16)
        settings.listen.headerTimeout = .seconds(1)
        settings.upstream.caFile = "ca.pem"
        settings.upstream.maxConnections = 3
        settings.upstream.maxResponseBody = .mebibytes(2)
        let plane = DataPlaneSettings(settings)
        #expect(plane.host == "127.0.0.1" && plane.port == 8_787 && plane.unixSocket == "/etc/wego/run/wego.sock")
        #expect(plane.limits.maximumBody == 16_384 && plane.limits.headerTimeout == .seconds(1))
        let engine = try EngineSettings(settings)
        #expect(engine.origin.description == "https://www.wegowise.com" && engine.caFile == "/etc/wego/ca.pem")
        #expect(engine.maximumConnections == 3 && engine.maximumBody == 2 << 20)
    }
}
