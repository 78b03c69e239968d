// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// A public tool makes calls up from the served document, right ones and wrong ones, and holds the answers to it.
struct SchemathesisTests {
    private static let fixtures = URL(fileURLWithPath: VerifyingUpstream.script).deletingLastPathComponent().path

    @Test(arguments: ["lenient", "strict"])
    func answersAreAsTheDocumentSays(validation: String) async throws {
        let gateway = try await SandboxedGateway(
            SandboxState(users: ["alice", "bob", "carol"], dataUsers: ["meters"]),
            settings: ["VALIDATION": validation, "UPSTREAM_UNKNOWN_PATHS": "refuse"])
        let result = try await ChildProcess.run(
            PythonCheck.interpreter,
            [
                "-m", "schemathesis.cli", "--config-file", "\(Self.fixtures)/schemathesis.toml", "--no-color", "run",
                "http://127.0.0.1:\(gateway.port)/openapi.json", "--warnings", "off",
            ],
            environment: [
                "WEGO_TEST_KEY": gateway.key, "WEGO_TEST_HOOKS": "\(Self.fixtures)/schemathesis_hooks.py",
                "HOME": gateway.directory.path, "PYTHONDONTWRITEBYTECODE": "1",
            ],
            within: .seconds(300))
        #expect(result.status == 0, "\(result.output.suffix(8_000)) \(result.errors.suffix(4_000))")
        // Nothing was left out, and what came through was signed.
        let generated = try #require(result.output.firstMatch(of: /(\d+) generated/), "\(result.output.suffix(4_000))")
        #expect(Int(generated.1) ?? 0 > 2_000)
        let arrivals = try await gateway.sandbox.arrivals()
        let signed: Set = ["valid", "valid_consumer", "not_required"]
        #expect(arrivals.count > 500 && arrivals.allSatisfy { signed.contains($0.verdict) })
    }
}
