// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// Limits of one home user, caller, tenant or consumer, from outside.
struct LimitOverrideTests {
    @Test func areKeptByARunningGatewayAndWithoutOne() async throws {
        let deployment = try await Deployment()
        let configuration = ["--json", "--config", deployment.configuration]
        let alice = ["alice", "--tenant", "acme"]
        let set = try await Binary.succeed(
            ["limits", "set"] + alice + ["--rate", "60/min", "--burst", "10", "--window", "5000/day"] + configuration)
        #expect(set.contains(#""rate": "60/min", "burst": 10, "concurrency": null, "windows": ["5000/d"]"#))
        #expect(set.contains(#""effective": {"rate": "60/min", "burst": 10, "concurrency": 1000"#))
        try await Binary.succeed(["limits", "set"] + alice + ["--concurrency", "4", "--shadow"] + configuration)
        try await Binary.succeed(
            ["limits", "set", "globex", "--kind", "tenant", "--rate", "7/h", "--note", "trial"] + configuration)

        deployment.gateway.send(signal: SIGTERM)
        #expect(try await deployment.gateway.exitStatus() == 0)
        let lines = try await Binary.succeed(["limits", "list"] + configuration).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.contains(#""concurrency": 4, "windows": ["5000/d"], "mode": "shadow""#) == true)
        #expect(lines.last?.contains(#""note": "trial""#) == true)
        try await Binary.succeed(["limits", "clear"] + alice + configuration)
        try await Binary.succeed(["limits", "clear", "globex", "--kind", "tenant"] + configuration)
        #expect(try await Binary.succeed(["limits", "list"] + configuration).isEmpty)
    }

    @Test(arguments: [
        (["--rate", "often"], "--rate"), (["--rate", "0/min"], "--rate"), (["--rate=-5/min"], "--rate"),
        (["--burst", "0"], "--burst"), (["--burst=-1"], "--burst"), (["--burst", "99999999999999999999"], "--burst"),
        (["--rate", "1/d", "--burst", "366"], "--burst"), (["--burst", "ten"], "--burst"),
        (["--concurrency", "0"], "--concurrency"), (["--window", "5/d", "--window", "x"], "--window"),
        (["--rate", "60/min", "--tenant", "a b"], "--tenant"),
    ])
    func badOnesAreNamedAndChangeNothing(options: [String], named: String) async throws {
        let deployment = try await Deployment.shared()
        let configuration = ["--config", deployment.configuration]
        let owner = options.contains("--tenant") ? [] : ["--tenant", "acme"]
        let result = try await Binary.run(["limits", "set", "bob.b@example-1"] + owner + options + configuration)
        #expect(result.status == 1)
        #expect(result.errors.contains(named), "\(result.errors)")
        let list = try await Binary.succeed(["limits", "list", "--json"] + configuration)
        #expect(!list.contains("bob.b@example-1"))
    }

    @Test func goWithTheirObject() async throws {
        let directory = try TemporaryDirectory("limits")
        try await ProvisionedState.shared().copy(to: directory)
        let configuration = ["--config", try directory.write("{}", to: "config.json")]
        for object in [["alice"], ["reader", "--kind", "caller"], ["main", "--kind", "consumer"]] {
            try await Binary.succeed(
                ["limits", "set"] + object + ["--tenant", "acme", "--rate", "5/min"] + configuration)
        }
        try await Binary.succeed(["user", "rm", "alice", "--tenant", "acme"] + configuration)
        try await Binary.succeed(["caller", "rm", "reader", "--tenant", "acme"] + configuration)
        let list = try await Binary.succeed(["limits", "list"] + configuration)
        #expect(list.contains("consumer") && !list.contains("alice") && !list.contains("reader"))
        let missing = try await Binary.run(
            ["limits", "set", "alice", "--tenant", "acme", "--burst", "1"] + configuration)
        #expect(missing.status == 1 && missing.errors.contains("alice"))
    }
}
