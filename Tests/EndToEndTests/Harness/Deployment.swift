// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// A gateway with its upstream, provisioned through the command line like any other.
final class Deployment: Sendable {
    let directory: TemporaryDirectory
    let credentials: Credentials
    let certificates: TestCertificates
    let gateway: ChildProcess
    let port: Int
    let opsPort: Int
    /// Caller keys by "tenant/caller".
    let keys: [String: String]
    private let upstreamBox: Watched<VerifyingUpstream>

    var upstream: VerifyingUpstream { upstreamBox.current }
    var configuration: String { directory.file("config.json") }

    /// One for all tests that neither break nor stop anything.
    static func shared() async throws -> Deployment { try await common.value }
    private static let common = Task { try await Deployment() }

    /// - Parameter settings: more configuration, through the environment: `["LISTEN_IDLE_TIMEOUT": "1s"]`.
    init(settings: [String: String] = [:]) async throws {
        directory = try TemporaryDirectory("e2e")
        credentials = Credentials()
        certificates = try await TestCertificates.make(in: directory)
        let upstream = try await VerifyingUpstream.start(
            credentials: credentials, certificates: certificates, in: directory)
        upstreamBox = Watched(upstream)
        try directory.write(
            """
            {
                "listen": {"address": "127.0.0.1:0"},
                "ops": {"address": "127.0.0.1:0"},
                "upstream": {"base_url": "https://localhost:\(upstream.port)", "ca_file": "ca.pem"},
                "limits": {
                    "home_user": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000},
                    "caller": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000},
                    "consumer": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000}
                },
                "log": {"format": "json"}
            }
            """, to: "config.json")
        keys = try await Deployment.provision(credentials, in: directory)
        gateway = try await Deployment.serve(in: directory, settings: settings)
        let announced = try await Deployment.announcement(of: gateway)
        port = try Announcement.port(announced.listen)
        opsPort = try Announcement.port(announced.ops)
    }

    /// Starts the gateway of a directory that has been provisioned.
    static func serve(in directory: TemporaryDirectory, settings: [String: String]) async throws -> ChildProcess {
        let environment = settings.map { ("WEGO_GATEWAY_\($0.key)", $0.value) }
        return try await ChildProcess(
            Binary.path, ["serve", "--json", "--config", directory.file("config.json")],
            environment: Dictionary(uniqueKeysWithValues: environment))
    }

    /// Where a gateway listens; if it does not start, why.
    static func announcement(of gateway: ChildProcess) async throws -> Announcement {
        do {
            return try await Announcement(gateway.output.firstLine())
        } catch is StreamEnded {
            throw CommandFailed(arguments: ["serve"], errors: gateway.errors.text)
        }
    }

    /// Starts the upstream again after it was killed, at the same port.
    func restartUpstream() async throws {
        let next = try await VerifyingUpstream.start(
            credentials: credentials, certificates: certificates, in: directory, port: upstream.port)
        upstreamBox.change { $0 = next }
    }

    private static func provision(
        _ credentials: Credentials, in directory: TemporaryDirectory
    ) async throws -> [String: String] {
        let configuration = ["--config", directory.file("config.json")]
        try await Binary.succeed(["init"] + configuration)
        for consumer in credentials.consumers {
            try await Binary.succeed(["tenant", "add", consumer.tenant] + configuration)
            try await Binary.succeed(
                ["consumer", "add", "main", "--tenant", consumer.tenant, "--key", consumer.key, "--secret-file", "-"]
                    + configuration, input: consumer.secret)
        }
        for user in credentials.users {
            let token = try directory.write(user.token, to: "token")
            let secret = try directory.write(user.secret + "\n", to: "secret")
            try await Binary.succeed(
                ["user", "import", user.name, "--tenant", user.tenant, "--consumer", "main", "--token-file", token]
                    + ["--secret-file", secret] + (user.isDeveloper ? ["--developer"] : []) + configuration)
        }
        try FileManager.default.removeItem(atPath: directory.file("token"))
        try FileManager.default.removeItem(atPath: directory.file("secret"))
        var keys: [String: String] = [:]
        for (caller, options) in callers {
            let parts = caller.split(separator: "/").map(String.init)
            let output = try await Binary.succeed(
                ["caller", "add", parts[1], "--tenant", parts[0], "--json"] + options + configuration)
            keys[caller] = try JSONDecoder().decode(CallerAdded.self, from: Data(output.utf8)).key
        }
        return keys
    }

    private static let callers: KeyValuePairs = [
        "acme/backend": ["--scopes", "read,write"],
        "acme/reader": ["--scopes", "read"],
        "acme/developer": ["--scopes", "read,write,users"],
        "acme/bobs": ["--scopes", "read,write", "--users", "bob.b@example-1"],
        "globex/backend": ["--scopes", "read,write"],
    ]
}

/// What `caller add --json` prints.
struct CallerAdded: Decodable {
    let caller: String
    let tenant: String
    let key: String
}
