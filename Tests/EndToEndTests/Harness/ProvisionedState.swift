// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// The state directory of a gateway, filled through the command line as a user would. Filled once: each deployment works
/// on a copy, because a dozen commands for each would keep the machine busy with something else than the tests.
struct ProvisionedState: Sendable {
    let credentials = Credentials()
    let certificates: TestCertificates
    /// Caller keys by "tenant/caller".
    let keys: [String: String]
    private let directory: TemporaryDirectory

    static func shared() async throws -> ProvisionedState { try await common.value }
    private static let common = Task { try await ProvisionedState() }

    private static let callers: KeyValuePairs = [
        "acme/backend": ["--scopes", "read,write"],
        "acme/reader": ["--scopes", "read"],
        "acme/developer": ["--scopes", "read,write,users"],
        "acme/bobs": ["--scopes", "read,write", "--users", "bob.b@example-1"],
        "globex/backend": ["--scopes", "read,write"],
    ]

    private init() async throws {
        directory = try TemporaryDirectory("state")
        certificates = try await TestCertificates.make(in: directory)
        let configuration = ["--config", try directory.write("{}", to: "config.json")]
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
        var keys: [String: String] = [:]
        for (caller, options) in Self.callers {
            let parts = caller.split(separator: "/").map(String.init)
            let output = try await Binary.succeed(
                ["caller", "add", parts[1], "--tenant", parts[0], "--json"] + options + configuration)
            keys[caller] = try JSONDecoder().decode(CallerAdded.self, from: Data(output.utf8)).key
        }
        self.keys = keys
    }

    /// Root key and store.
    func copy(to other: TemporaryDirectory) throws {
        try FileManager.default.copyItem(atPath: directory.file("state"), toPath: other.file("state"))
    }
}

/// What `caller add --json` prints.
struct CallerAdded: Decodable {
    let caller: String
    let tenant: String
    let key: String
}
