// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// A gateway with fifty home users before the sandbox.
final class CrowdGateway: Sendable {
    static let users = (1...50).map { "user\($0)" }
    static let path = "/oauth/user"

    let directory: TemporaryDirectory
    let sandbox: ConsentSandbox
    let gateway: ChildProcess
    let port: Int
    let opsPort: Int
    let key: String

    struct Seen: Sendable {
        let user: String
        let response: RawResponse
    }

    init(settings: [String: String] = [:]) async throws {
        directory = try TemporaryDirectory("crowd")
        let box = directory.file("sandbox")
        sandbox = try await ConsentSandbox(in: box, users: Self.users)
        try directory.write(
            """
            {
                "listen": {"address": "127.0.0.1:0"},
                "ops": {"address": "127.0.0.1:0"},
                "upstream": {"base_url": "\(sandbox.url)"},
                "log": {"format": "json"}
            }
            """, to: "config.json")
        let configuration = ["--config", directory.file("config.json")]
        try await Binary.succeed(["init"] + configuration)
        gateway = try await Deployment.serve(in: directory, settings: settings)
        let announced = try await Deployment.announcement(of: gateway)
        port = try Announcement.port(announced.listen)
        opsPort = try Announcement.port(announced.ops)
        key = try await Self.provision(box, configuration)
    }

    /// Through the running gateway, so that many commands can go at once.
    private static func provision(_ box: String, _ configuration: [String]) async throws -> String {
        try await Binary.succeed(["tenant", "add", "acme"] + configuration)
        let consumerKey = try String(contentsOfFile: box + "/consumer.key", encoding: .utf8)
        try await Binary.succeed(
            ["consumer", "add", "main", "--key", consumerKey.trimmingCharacters(in: .newlines)]
                + ["--secret-file", box + "/consumer.secret"] + configuration)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, user) in users.enumerated() {
                if index >= 4 { try await group.next() }
                group.addTask {
                    try await Binary.succeed(
                        ["user", "import", user, "--consumer", "main", "--token-file", "\(box)/users/\(user).token"]
                            + ["--secret-file", "\(box)/users/\(user).secret"] + configuration)
                }
            }
            try await group.waitForAll()
        }
        let added = try await Binary.succeed(
            ["caller", "add", "backend", "--scopes", "read,write", "--json"] + configuration)
        return try JSONDecoder().decode(CallerAdded.self, from: Data(added.utf8)).key
    }

    func call(_ user: String, _ fields: [String] = []) async throws -> RawResponse {
        let connection = try RawConnection.tcp(port: port)
        let lines =
            ["GET /users/\(user)\(Self.path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Authorization: Bearer \(key)"]
            + fields
        try await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
        return try await connection.response(within: .seconds(60))
    }

    /// All at once.
    func callAll(_ users: [String], _ fields: [String] = []) async throws -> [Seen] {
        try await withThrowingTaskGroup(of: Seen.self) { group in
            for user in users { group.addTask { Seen(user: user, response: try await self.call(user, fields)) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    func ops(_ path: String) async throws -> RawResponse {
        let connection = try RawConnection.tcp(port: opsPort)
        try await connection.send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(opsPort)\r\n\r\n")
        return try await connection.response()
    }

    func command(_ arguments: String...) async throws -> String {
        try await Binary.succeed(arguments + ["--config", directory.file("config.json")])
    }
}
