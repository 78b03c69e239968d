// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Foundation
import Sandbox
import Secrets
import Settings

/// Makes a new gateway know everybody in a running sandbox: one tenant, its consumer, all users, and one caller who may
/// do everything.
struct SandboxProvisioning {
    static let tenant = "sandbox"

    /// How long the sandbox may take to start, and how often it is looked for.
    private static let limit = Duration.seconds(10)
    private static let pause = Duration.milliseconds(50)

    let directory: CredentialDirectory

    /// Ready for `curl -H @FILE`.
    var callerFile: String { directory.path + "/caller.header" }

    init(directory: String) { self.directory = CredentialDirectory(directory) }

    /// What the environment would say to reach the sandbox. Waits for one that is starting.
    func environment() async throws -> [String: String] {
        let deadline = ContinuousClock.now + Self.limit
        while !FileManager.default.fileExists(atPath: directory.addressFile) {
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    .unavailable, "No sandbox runs with its files in \(directory.path).",
                    next: "Start it first: wego-gateway sandbox --directory \(directory.path) &")
            }
            try await Task.sleep(for: Self.pause)
        }
        let url = try text(directory.addressFile)
        var environment = ["WEGO_GATEWAY_UPSTREAM_BASE_URL": url]
        if url.hasPrefix("https") {
            environment["WEGO_GATEWAY_UPSTREAM_CA_FILE"] = URL(filePath: directory.caFile).path(percentEncoded: false)
        }
        return environment
    }

    func provision(_ settings: GatewaySettings) async throws {
        let consumer = JSONTree.members([
            "name": .string("main"), "key": .string(try text(directory.consumerKeyFile)),
            "secret": .secret(try secret("consumer secret", directory.consumerSecretFile)),
        ])
        let users = try directory.usernames().map { try user($0) }
        let header = try await AdminConnection.with(settings) { admin in
            try await admin.send(.post, ["tenants"], body: .members(["name": .string(Self.tenant)]))
            try await admin.send(.post, ["consumers"], body: consumer)
            for user in users { try await admin.send(.post, ["users"], body: user) }
            let scopes = "read,write,users,connect"
            let added = try await admin.send(
                .post, ["callers"], body: .members(["name": .string("developer"), "scopes": .string(scopes)]))
            return "Authorization: Bearer \(added["key"]?.string ?? "")\n"
        }
        try NewFile.write(Array(header.utf8), to: callerFile, what: "caller's header")
    }

    /// Who may create home users is known by its name alone.
    private func user(_ name: String) throws -> JSONTree {
        .members([
            "name": .string(name), "consumer": .string("main"),
            "token": .secret(try secret("token", directory.tokenFile(name))),
            "token_secret": .secret(try secret("token secret", directory.secretFile(name))),
            "developer": .bool(name == CredentialDirectory.developer), "replace": .bool(false),
        ])
    }

    private func secret(_ subject: String, _ path: String) throws -> Secret {
        try SecretInput(subject: subject, path: path).read()
    }

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
