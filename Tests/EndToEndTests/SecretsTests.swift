// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// Secrets go in, signatures come out, and nowhere else is a trace of either.
struct SecretsTests {
    @Test func leavesNoTraceOfASecret() async throws {
        let deployment = try await Deployment(settings: [
            "LOG_LEVEL": "trace", "UPSTREAM_TIMEOUT": "1s", "UPSTREAM_CONNECT_TIMEOUT": "1s",
        ])
        try await exercise(deployment)
        let configuration = ["--config", deployment.configuration]
        var outputs: [String] = []
        for command in [
            ["user", "list", "--json"], ["user", "show", "alice", "--tenant", "acme"], ["consumer", "list"],
            ["caller", "list", "--json"], ["config", "show"],
            ["sign", "explain", "alice", "GET", "/api/v1/wego_home/meters?a=1", "--tenant", "acme"],
            ["call", "alice", "GET", "/api/v1/magic/status/404", "--tenant", "acme"],
        ] {
            let result = try await Binary.run(command + configuration)
            outputs += [result.output, result.errors]
        }
        deployment.gateway.send(signal: SIGTERM)
        _ = try await deployment.gateway.exitStatus()

        let places =
            ["output": Data(deployment.gateway.output.bytes), "log": Data(deployment.gateway.errors.bytes)]
            .merging(outputs.enumerated().map { ("command \($0.offset)", Data($0.element.utf8)) }) { one, _ in one }
            // The upstream's own credentials file stands beside what the gateway wrote.
            .merging(filesBelow(deployment.directory.path) { $0.hasPrefix("upstream-") }) { one, _ in one }
        #expect(places.count > 10)
        // The search finds what is there: the consumer's key is no secret.
        #expect(places.values.contains { SecretSearch("acme-key").found(in: $0) != nil })
        for secret in deployment.credentials.secrets + deployment.keys.values {
            let search = SecretSearch(secret)
            for (place, bytes) in places {
                if let spelling = search.found(in: bytes) { Issue.record("a secret, \(spelling), in \(place)") }
            }
        }
    }

    /// Good calls, refused calls, failing calls.
    private func exercise(_ deployment: Deployment) async throws {
        let calls: [Call] = [
            .get("/users/alice/oauth/user"), .json("POST", "/users/alice/api/v1/wego_home/notes", #"{"a": 1}"#),
            .get("/users/nobody/oauth/user"), .get("/users/alice"), .json("POST", "/forward", "{"),
            .get("/users/alice/api/v1/magic/cut/before"), .get("/users/alice/api/v1/magic/garbage"),
            .get("/users/alice/api/v1/magic/hold/x"), .get("/users/alice/api/v1/magic/status/401"),
            .get("/users/alice/oauth/user", as: (deployment.keys["acme/backend"] ?? "") + "x"),
            .get("/users/gina/oauth/user", as: "globex/backend"),
        ]
        for call in calls { _ = try await deployment.send(call) }
    }
}
