// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// A sandbox, and the state directory of a gateway that knows all its users. Provisioned once; gateways work on copies.
struct SandboxState: Sendable {
    let sandbox: SandboxProcess
    let key: String
    private let directory: TemporaryDirectory

    /// A tenant "acme" with the consumer "main", the developer, the given users and the caller "backend".
    init(users: [String], dataUsers: [String] = [], samples: Bool = true) async throws {
        directory = try TemporaryDirectory("boxstate")
        sandbox = try await SandboxProcess(in: directory, users: users, dataUsers: dataUsers, samples: samples)
        try directory.write(Self.configuration(upstream: sandbox.url), to: "config.json")
        let configuration = ["--config", directory.file("config.json")]
        try await Binary.succeed(["init"] + configuration)
        try await Binary.succeed(["tenant", "add", "acme"] + configuration)
        try await Binary.succeed(
            ["consumer", "add", "main", "--key", sandbox.consumerKey, "--secret-file", sandbox.consumerSecretFile]
                + configuration)
        for user in ["developer"] + users + dataUsers {
            try await Binary.succeed(
                ["user", "import", user, "--consumer", "main", "--token-file", sandbox.tokenFile(user)]
                    + ["--secret-file", sandbox.secretFile(user)] + (user == "developer" ? ["--developer"] : [])
                    + configuration)
        }
        let added = try await Binary.succeed(
            ["caller", "add", "backend", "--scopes", "read,write,users,connect", "--json"] + configuration)
        key = try JSONDecoder().decode(CallerAdded.self, from: Data(added.utf8)).key
    }

    func copy(to other: TemporaryDirectory) throws {
        for name in ["state", "config.json"] {
            try FileManager.default.copyItem(atPath: directory.file(name), toPath: other.file(name))
        }
    }

    /// Limits stay out of the way.
    private static func configuration(upstream url: String) -> String {
        """
        {
            "listen": {"address": "127.0.0.1:0"},
            "ops": {"address": "127.0.0.1:0"},
            "upstream": {"base_url": "\(url)"},
            "limits": {
                "home_user": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000},
                "caller": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000},
                "consumer": {"rate": "1000000/s", "burst": 1000000, "concurrency": 1000}
            },
            "log": {"format": "json"}
        }
        """
    }
}
