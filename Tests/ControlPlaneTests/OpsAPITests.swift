// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Hummingbird
import HummingbirdTesting
import Testing

@testable import ControlPlane

struct OpsAPITests {
    private func get(_ path: String, _ readiness: Readiness) async throws -> (status: Int, text: String) {
        let api = OpsAPI(readiness: readiness) { "wego_gateway_up 1\n" }
        return try await Application(router: api.router()).test(.router) { client in
            let response = try await client.executeRequest(uri: path, method: .get, headers: [:], body: nil)
            return (response.status.code, String(buffer: response.body))
        }
    }

    @Test func isReadyWhenEveryPartIs() async throws {
        let readiness = Readiness()
        #expect(try await get("/startupz", readiness).status == 503)
        #expect(try await get("/livez", readiness).status == 200)
        #expect(try await get("/readyz", readiness).status == 503)
        readiness.set(.store, .ready)
        readiness.set(.journal, .ready)
        readiness.set(.upstreamEngine, .ready)
        #expect(
            try await get("/readyz", readiness).text
                == #"{"ready": false, "draining": false, "components": "#
                + #"{"store": "ready", "audit_journal": "ready", "upstream_engine": "ready", "listener": "starting"}}"#)
        readiness.set(.listener, .ready)
        #expect(try await get("/readyz", readiness).status == 200)
        #expect(try await get("/startupz", readiness).status == 200)
    }

    @Test func drainingIsNotReadyButAlive() async throws {
        let readiness = Readiness()
        for component in Readiness.Component.allCases { readiness.set(component, .ready) }
        readiness.drain()
        let answer = try await get("/readyz", readiness)
        #expect(answer.status == 503 && answer.text.contains(#""draining": true"#))
        #expect(try await get("/livez", readiness).status == 200)
        #expect(try await get("/startupz", readiness).status == 200)
    }

    @Test func aFailedPartIsNamed() async throws {
        let readiness = Readiness()
        for component in Readiness.Component.allCases { readiness.set(component, .ready) }
        readiness.set(.upstreamEngine, .failed)
        #expect(try await get("/readyz", readiness).text.contains(#""upstream_engine": "failed""#))
    }

    @Test func metricsAreTheTextGiven() async throws {
        #expect(try await get("/metrics", Readiness()).text == "wego_gateway_up 1\n")
    }

    @Test(arguments: [
        ("127.0.0.1:8788", true), ("localhost", true), ("LOCALHOST:1", true), ("[::1]:8788", true), ("127.8.0.1", true),
        (nil, false), ("", false), ("evil.example:8788", false), ("127.0.0.1.evil.example", false), ("[::1", false),
        ("[::1]x", false), ("localhost:80x", false), ("localhost.", false), ("127.0.0.256", false),
    ])
    func answersToThisMachinesNamesOnly(host: String?, isAllowed: Bool) {
        #expect(LoopbackHostMiddleware<BasicRequestContext>.isLoopback(host) == isAllowed)
    }

    @Test func countsWhatTheStoreHolds() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        let text = fixture.store.snapshot.prometheusText()
        #expect(text.contains("wego_gateway_home_users{state=\"active\"} 1\n"))
        #expect(text.contains("wego_gateway_home_users{state=\"revoked\"} 0\n"))
        #expect(text.contains("wego_gateway_callers 1\n"))
    }
}
