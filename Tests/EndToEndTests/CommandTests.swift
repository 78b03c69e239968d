// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// The command, from outside: exit codes and messages that say what to do next.
struct CommandTests {
    @Test func refusesAnUnknownConfigurationKey() async throws {
        let directory = try TemporaryDirectory("cli")
        let file = try directory.write(#"{"upstream": {"base_ulr": "https://localhost"}}"#, to: "config.json")
        for command in [["config", "check"], ["serve"]] {
            let result = try await Binary.run(command + ["--config", file])
            #expect(result.status == 1)
            #expect(result.errors.contains("upstream.base_ulr"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["config.json"])
    }

    @Test func namesAPortThatIsTaken() async throws {
        let deployment = try await Deployment.shared()
        let directory = try TemporaryDirectory("cli")
        let file = try directory.write(
            #"{"listen": {"address": "127.0.0.1:\#(deployment.port)"}, "ops": {"address": "127.0.0.1:0"}}"#,
            to: "config.json")
        try await Binary.succeed(["init", "--config", file])
        let result = try await Binary.run(["serve", "--config", file])
        #expect(result.status == 3)
        #expect(result.errors.contains("127.0.0.1:\(deployment.port)"))
    }

    @Test func doesNotStartWithAnotherRootKey() async throws {
        let (directory, other) = (try TemporaryDirectory("cli"), try TemporaryDirectory("cli"))
        for directory in [directory, other] {
            let file = try directory.write(
                #"{"listen": {"address": "127.0.0.1:0"}, "ops": {"address": "127.0.0.1:0"}}"#, to: "config.json")
            try await Binary.succeed(["init", "--config", file])
        }
        let file = directory.file("config.json")
        try await Binary.succeed(["tenant", "add", "acme", "--config", file])
        let store = try Data(contentsOf: URL(fileURLWithPath: directory.file("state/custody.sqlite")))
        let key = try directory.read("state/master.key")
        try directory.write(other.read("state/master.key"), to: "state/master.key")
        let result = try await Binary.run(["serve", "--config", file])
        #expect(result.status == 3)
        #expect(result.errors.lowercased().contains("key"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file("state/custody.sqlite"))) == store)

        try directory.write(key, to: "state/master.key")
        #expect(try await Binary.succeed(["tenant", "list", "--config", file]).contains("acme"))
    }

    @Test func changesARunningGatewayAtOnce() async throws {
        let deployment = try await Deployment()
        let configuration = ["--config", deployment.configuration]
        let call = Call.get("/users/alice/oauth/user", as: "acme/reader")
        #expect(try await deployment.send(call).status == 200)
        try await Binary.succeed(["caller", "rm", "reader", "--tenant", "acme"] + configuration)
        try expectProblem(await deployment.send(call), .keyInvalid)
        try await Binary.succeed(["user", "rm", "alice", "--tenant", "acme"] + configuration)
        try expectProblem(await deployment.send(.get("/users/alice/oauth/user")), .userNotFound)
        #expect(try await deployment.send(.get("/users/alice/oauth/user", as: "globex/backend")).status == 200)
    }

    @Test func callsThroughARunningGateway() async throws {
        let deployment = try await Deployment.shared()
        let mark = uniqueMark()
        let data = try deployment.directory.write(#"{"account_number": "\#(mark)"}"#, to: "\(mark).json")
        let output = try await Binary.succeed([
            "call", "alice", "POST", "/api/v1/wego_home/notes", "--data", "@\(data)", "--tenant", "acme",
            "--config", deployment.configuration,
        ])
        #expect(output.contains(#""verdict": "ok""#))
        // The answer may be here before the upstream's line about it.
        let deadline = ContinuousClock.now + .seconds(20)
        while try deployment.upstream.records(marked: mark).isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(try deployment.upstream.records(marked: mark).count == 1)
    }

    @Test func explainsASignature() async throws {
        let deployment = try await Deployment.shared()
        let output = try await Binary.succeed([
            "sign", "explain", "alice", "GET", "/api/v1/wego_home/meters?b=2&a=1", "--tenant", "acme",
            "--config", deployment.configuration,
        ])
        #expect(output.contains("https://localhost:\(deployment.upstream.port)/api/v1/wego_home/meters"))
        #expect(output.contains("a=1"))
        for secret in deployment.credentials.secrets { #expect(!output.contains(secret)) }
    }

    @Test(arguments: [
        ["nonsense"], ["tenant", "add"], ["tenant", "add", "a/b"], ["caller", "add", "x"],
        ["caller", "add", "x", "--tenant", "acme", "--scopes", "fly"], ["serve", "--nonsense"],
    ])
    func exitsWithOneOnWrongUsage(arguments: [String]) async throws {
        let directory = try TemporaryDirectory("cli")
        let file = try directory.write("{}", to: "config.json")
        try await Binary.succeed(["init", "--config", file])
        let result = try await Binary.run(arguments + ["--config", file])
        #expect(result.status == 1)
        #expect(!result.errors.isEmpty)
    }

    @Test(arguments: [
        ["tenant", "list"], ["user", "list"], ["call", "alice", "GET", "/oauth/user", "--tenant", "acme"],
    ])
    func exitsWithThreeWithoutAStore(arguments: [String]) async throws {
        let directory = try TemporaryDirectory("cli")
        let file = try directory.write("{}", to: "config.json")
        let result = try await Binary.run(arguments + ["--config", file])
        #expect(result.status == 3)
        #expect(result.errors.contains("wego-gateway init"))
    }

    @Test func servesASandboxThatTheGatewayCanUse() async throws {
        let directory = try TemporaryDirectory("box")
        let box = directory.file("sandbox")
        let sandbox = try await ChildProcess(
            Binary.path, ["sandbox", "--https", "--directory", box, "--port", "0", "--json"])
        let url = try #require(try await Announcement(sandbox.output.firstLine()).url)
        let file = try directory.write(
            """
            {"listen": {"address": "127.0.0.1:0"}, "ops": {"address": "127.0.0.1:0"},
             "upstream": {"base_url": "\(url)", "ca_file": "sandbox/ca.pem"}}
            """, to: "config.json")
        let consumerKey = try String(contentsOfFile: box + "/consumer.key", encoding: .utf8)
        for command in [
            ["init"], ["tenant", "add", "acme"],
            ["consumer", "add", "main", "--tenant", "acme", "--secret-file", box + "/consumer.secret"]
                + ["--key", consumerKey.trimmingCharacters(in: .newlines)],
            ["user", "import", "alice", "--tenant", "acme", "--consumer", "main"]
                + ["--token-file", box + "/users/alice.token", "--secret-file", box + "/users/alice.secret"],
        ] {
            try await Binary.succeed(command + ["--config", file])
        }
        let call = ["call", "alice", "GET", "/oauth/user", "--tenant", "acme", "--config", file]
        let gateway = try await Deployment.serve(in: directory, settings: [:])
        _ = try await gateway.output.firstLine()
        #expect(try await Binary.succeed(call).contains("username"))
        _ = try await sandbox.errors.line("verdict") { $0.contains("/oauth/user") }
    }
}
