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
            ["output": deployment.gateway.output.bytes, "log": deployment.gateway.errors.bytes]
            .merging(outputs.enumerated().map { ("command \($0.offset)", Array($0.element.utf8)) }) { one, _ in one }
            .merging(try stateFiles(deployment)) { one, _ in one }
        #expect(places.count > 10)
        // The search finds what is there: the consumer's key is no secret.
        #expect(places.values.contains { contains($0, Array("acme-key".utf8)) })
        for secret in deployment.credentials.secrets + deployment.keys.values {
            for (spelling, pattern) in spellings(of: secret) {
                for (place, bytes) in places {
                    #expect(!contains(bytes, pattern), "a secret, \(spelling), in \(place)")
                }
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

    /// What the gateway wrote. The upstream's own credentials file stands beside it and is left out.
    private func stateFiles(_ deployment: Deployment) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        let root = deployment.directory.path
        for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init() {
            if name.hasPrefix("upstream-") { continue }
            if let content = FileManager.default.contents(atPath: "\(root)/\(name)") { files[name] = Array(content) }
        }
        return files
    }

    private func spellings(of secret: String) -> [(String, [UInt8])] {
        let bytes = Array(secret.utf8)
        let unreserved = CharacterSet(
            charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        let percent = secret.addingPercentEncoding(withAllowedCharacters: unreserved) ?? secret
        let hex = bytes.map { String(format: "%02x", $0) }.joined()
        let json = secret.replacing("/", with: "\\/")
        // Base64 depends on what stands before; the middle of each of the three alignments does not.
        let base64 = (0..<3).map { shift in
            let text = Data(Array(repeating: 0, count: shift) + bytes).base64EncodedString()
            return ("base64", Array(text.utf8.dropFirst(4).dropLast(6)))
        }
        return [
            ("as it is", bytes), ("percent-encoded", Array(percent.utf8)), ("hexadecimal", Array(hex.utf8)),
            ("upper-case hexadecimal", Array(hex.uppercased().utf8)), ("in JSON", Array(json.utf8)),
        ] + base64
    }

    private func contains(_ bytes: [UInt8], _ pattern: [UInt8]) -> Bool {
        Data(bytes).range(of: Data(pattern)) != nil
    }
}
