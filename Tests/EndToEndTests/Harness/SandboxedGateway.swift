// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// A gateway in front of a sandbox, where all of the sandbox's users are home users of the tenant "acme".
final class SandboxedGateway: Sendable {
    let directory: TemporaryDirectory
    private let state: SandboxState
    /// Of a caller who may do everything.
    let key: String
    private let running: Watched<Running>

    var sandbox: SandboxProcess { state.sandbox }

    private struct Running: Sendable {
        let process: ChildProcess
        let port: Int
        let opsPort: Int
    }

    var process: ChildProcess { running.current.process }
    var port: Int { running.current.port }
    var configuration: [String] { ["--config", directory.file("config.json")] }

    /// - Parameter settings: more configuration, through the environment: `["VALIDATION": "strict"]`.
    init(_ state: SandboxState, settings: [String: String] = [:]) async throws {
        directory = try TemporaryDirectory("boxed")
        self.state = state
        key = state.key
        try state.copy(to: directory)
        running = Watched(try await Self.start(in: directory, settings))
    }

    /// What a killed or stopped gateway left behind is taken up by a new one, on another port.
    func restart(settings: [String: String] = [:]) async throws {
        let next = try await Self.start(in: directory, settings)
        running.change { $0 = next }
    }

    private static func start(in directory: TemporaryDirectory, _ settings: [String: String]) async throws -> Running {
        let process = try await Deployment.serve(in: directory, settings: settings)
        let announced = try await Deployment.announcement(of: process)
        return Running(
            process: process, port: try Announcement.port(announced.listen),
            opsPort: try Announcement.port(announced.ops))
    }

    /// Ends the process without giving it a moment.
    func kill() async throws {
        process.send(signal: SIGKILL)
        _ = try await process.exitStatus()
    }

    /// The files of a directory below that of the state.
    func stateFiles(_ name: String) throws -> [String] {
        let path = directory.file("state/\(name)")
        return try FileManager.default.contentsOfDirectory(atPath: path).map { "\(path)/\($0)" }
    }

    /// Whether nobody answers any more.
    func isGone() async -> Bool {
        guard let answer = try? await send("GET", "/openapi.json") else { return true }
        return answer.status != 200
    }

    // MARK: Asking

    func send(_ method: String, _ target: String, _ body: String? = nil, headers: [String] = []) async throws
        -> RawResponse
    {
        try await client().send(method, target, body.map { Array($0.utf8) }, headers: headers)
    }

    /// Asks an ops endpoint.
    func ops(_ path: String) async throws -> String {
        let connection = try RawConnection.tcp(port: running.current.opsPort)
        try await connection.send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        return try await connection.response().bodyText
    }

    /// Waits until `/metrics` has these samples, each a whole line: `wego_gateway_waiting_calls 1`.
    func shows(_ samples: String...) async throws {
        try await eventually(within: .seconds(60)) {
            let lines = Set(try await ops("/metrics").split(separator: "\n").map(String.init))
            return samples.allSatisfy { lines.contains($0) }
        }
    }

    /// Callers who keep their connection.
    func client() throws -> Client { try Client(of: self) }

    /// Runs a command that has to succeed against this gateway.
    @discardableResult
    func command(_ arguments: String...) async throws -> String { try await Binary.succeed(arguments + configuration) }

    /// A home user as operators see it; nil for a name that is free.
    func user(_ name: String) async throws -> ShownUser? { try await users().first { $0.user == name } }

    /// What `user list` tells.
    func users() async throws -> [ShownUser] {
        try await command("user", "list", "--tenant", "acme", "--json").split(separator: "\n").map {
            try JSONDecoder().decode(ShownUser.self, from: Data($0.utf8))
        }
    }

    /// Answers that wait in the quarantine for a home user.
    func quarantined(_ name: String) async throws -> [ShownAnswer] {
        let output = try await command("user", "quarantine", "list", "--tenant", "acme", "--json")
        return try output.split(separator: "\n").map {
            try JSONDecoder().decode(ShownAnswer.self, from: Data($0.utf8))
        }.filter { $0.user == name }
    }
}

/// The members of `user list --json` that tests look at.
struct ShownUser: Decodable, Equatable, Sendable {
    let user: String
    let state: String
    var reason: String?
}

struct ShownAnswer: Decodable, Equatable, Sendable {
    let id: String
    let user: String
}

/// One caller with one connection that is kept as long as the gateway keeps it.
final class Client: Sendable {
    /// Lives as long as somebody calls.
    private let gateway: SandboxedGateway
    private let connection: Watched<RawConnection?>

    init(of gateway: SandboxedGateway) throws {
        self.gateway = gateway
        connection = Watched(try .tcp(port: gateway.port))
    }

    func send(
        _ method: String, _ target: String, _ body: [UInt8]? = nil, headers: [String] = [],
        within limit: Duration = .seconds(30)
    ) async throws -> RawResponse {
        let connection = try self.connection.current ?? .tcp(port: gateway.port)
        var lines = [
            "\(method) \(target) HTTP/1.1", "Host: 127.0.0.1:\(gateway.port)", "Authorization: Bearer \(gateway.key)",
        ]
        if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.count)"] }
        let head = Array(((lines + headers).joined(separator: "\r\n") + "\r\n\r\n").utf8)
        try await connection.send(head + (body ?? []))
        let response = try await connection.response(toHead: method == "HEAD", within: limit)
        let isOver = response.header("connection") == "close"
        self.connection.change { $0 = isOver ? nil : connection }
        return response
    }
}
