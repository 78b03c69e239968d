// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

struct LimitCommandTests {
    @Test(arguments: [
        ("LIMITS_HOME_USER_RATE", "soon", "limits.home_user.rate"), ("LIMITS_TENANT_RATE", "0/s", "limits.tenant.rate"),
        ("LIMITS_CALLER_RATE", "-5/min", "limits.caller.rate"), ("LIMITS_CONSUMER_BURST", "0", "limits.consumer.burst"),
        ("LIMITS_HOME_USER_BURST", "99999999999999999999", "limits.home_user.burst"),
        ("LIMITS_CALLER_CONCURRENCY", "5000000", "at most 1000000"),
        ("LIMITS_HOME_USER_WINDOWS", "5000/d,1/d", "limits.home_user.windows"),
        ("LIMITS_HOME_USER_WINDOWS", "5000/month", "limits.home_user.windows"),
        ("LIMITS_WAITING_LONGEST", "forever", "limits.waiting.longest"),
        ("LIMITS_WAITING_DEFAULT", "5m", "limits.waiting.default"), ("LIMITS_FAIR_SHARE", "yes", "limits.fair_share"),
        ("UPSTREAM_PROTECTION_PAUSES", "1", "upstream.protection.pauses"),
    ])
    func checkNamesWhatCannotBe(variable: String, value: String, key: String) async throws {
        let result = try await Binary.run(
            ["config", "check"], environment: ["WEGO_GATEWAY_\(variable)": value])
        #expect(result.status != 0)
        #expect(result.errors.contains(key), "\(result.errors)")
    }

    @Test func simulateTellsWhomAPolicyWouldHaveRefused() async throws {
        let deployment = try await Deployment()
        for _ in 0..<4 { _ = try await deployment.forward(.get("/users/alice/oauth/user")) }
        _ = try await deployment.forward(.get("/users/dora/oauth/user"))
        deployment.gateway.send(signal: 15)
        _ = try await deployment.gateway.exitStatus()
        let log = try deployment.directory.write(deployment.gateway.errors.text, to: "gateway.log")
        let segment = try await ChildProcess.run(
            "/bin/sh", ["-c", "cat \(deployment.directory.file("state/audit"))/*"], input: "", environment: [:])
        let journal = try deployment.directory.write(segment.output, to: "journal")
        let copy = try await ChildProcess.run(
            "/bin/sh", ["-c", "gzip -k \(journal)"], input: "", environment: [:])
        #expect(copy.status == 0, "\(copy.errors)")
        for file in [log, journal, journal + ".gz", deployment.directory.file("state/audit")] {
            let output = try await Binary.succeed(
                ["limits", "simulate", "--policy", "home-user=1/h,burst=2", "--from", file, "--json"])
            #expect(output.contains(#""calls": 5, "refused": 2"#), "\(output)")
            #expect(output.contains(#""limits": {"home-user rate": 2}"#))
        }
        let text = try await Binary.succeed(["limits", "simulate", "--policy", "home-user=1/h,burst=2", "--from", log])
        #expect(text.contains("5 calls, 2 of them would have been refused."))
        #expect(text.contains("alice"))
        let misnamed = deployment.directory.file("compressed")
        try FileManager.default.moveItem(atPath: journal + ".gz", toPath: misnamed)
        let refused = try await Binary.run(["limits", "simulate", "--policy", "home-user=1/h", "--from", misnamed])
        #expect(refused.status == 1 && refused.errors.contains("Let its name end in .gz"))
        for bad in ["home-user", "home-user=0/s", "nobody=1/s", "home-user=1/s,burst=x", "home-user=1/s,size=3"] {
            #expect(try await Binary.run(["limits", "simulate", "--policy", bad, "--from", log]).status != 0, "\(bad)")
        }
    }

    @Test func showsTheUpstreamsState() async throws {
        let deployment = try await Deployment.shared()
        let shown = try await Binary.succeed(["limits", "show", "--json", "--config", deployment.configuration])
        #expect(shown.contains(#""circuit_breaker": "closed""#))
        #expect(shown.contains(#""concurrency_limit": "#) && shown.contains(#""connections": 64"#))
        let text = try await Binary.succeed(["limits", "show", "--config", deployment.configuration])
        #expect(text.contains("circuit breaker") && text.contains("closed"))
        let user = try await Binary.succeed(
            ["limits", "show", "alice", "--tenant", "acme", "--config", deployment.configuration])
        for word in ["home-user", "tenant", "consumer"] { #expect(user.contains(word), "\(user)") }
    }

    @Test func showWithoutAGatewaySaysSo() async throws {
        let directory = try TemporaryDirectory("show")
        let configuration = try directory.write("{}", to: "config.json")
        try await Binary.succeed(["init", "--config", configuration])
        let result = try await Binary.run(["limits", "show", "--config", configuration])
        #expect(result.status == 3 && result.errors.contains("Only a running gateway"))
    }
}
