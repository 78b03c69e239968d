// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// A gateway before a sandbox, where "alice" has been imported and the others have not. Each test has its own pair.
final class ConnectGateway: Sendable {
    static let users = ["alice", "bob", "carol", "dave", "erin"]

    let directory: TemporaryDirectory
    let sandbox: ConsentSandbox
    let key: String
    private let settings: [String: String]
    private let running: Watched<Running>

    private struct Running: Sendable {
        let process: ChildProcess
        let port: Int
    }

    struct ShownUser: Decodable, Equatable, Sendable {
        let user: String
        let state: String
        var reason: String?
    }

    struct Begun: Decodable, Sendable {
        let user: String
        let authorizeUrl: String
        let expiresAt: String

        init(_ json: some Sequence<UInt8>) throws {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            self = try decoder.decode(Begun.self, from: Data(json))
        }

        var token: String { authorizeUrl.split(separator: "oauth_token=").last.map(String.init) ?? "" }
    }

    init(settings: [String: String] = [:]) async throws {
        let state = try await ConnectState.shared()
        directory = try TemporaryDirectory("connect")
        try state.copy(to: directory)
        key = state.key
        sandbox = try await ConsentSandbox(in: directory.file("sandbox"), users: Self.users)
        self.settings = settings.merging(["UPSTREAM_BASE_URL": sandbox.url]) { own, _ in own }
        running = Watched(try await Self.start(in: directory, self.settings))
    }

    private static func start(in directory: TemporaryDirectory, _ settings: [String: String]) async throws -> Running {
        let process = try await Deployment.serve(in: directory, settings: settings)
        return Running(
            process: process, port: try Announcement.port(try await Deployment.announcement(of: process).listen))
    }

    var process: ChildProcess { running.current.process }
    var port: Int { running.current.port }

    /// Without a farewell, and up again on another port.
    func killAndRestart() async throws {
        process.send(signal: SIGKILL)
        _ = try await process.exitStatus()
        let next = try await Self.start(in: directory, settings)
        running.change { $0 = next }
    }

    func stop() async throws {
        process.send(signal: SIGTERM)
        _ = try await process.exitStatus()
    }

    // MARK: Asking

    func send(
        _ method: String, _ target: String, _ body: String? = nil, isBrowser: Bool = false
    ) async throws -> RawResponse {
        let connection = try RawConnection.tcp(port: port)
        var lines = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1:\(port)"]
        lines +=
            isBrowser
            ? ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"]
            : ["Authorization: Bearer \(key)"]
        if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"] }
        try await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        return try await connection.response(within: .seconds(40))
    }

    func begin(_ user: String, _ body: String? = nil) async throws -> Begun {
        let response = try await send("POST", "/users/\(user)/connect", body)
        guard response.status == 201 else { throw Unforwarded(response: response) }
        return try Begun(response.body)
    }

    func callBack(_ target: String) async throws -> RawResponse { try await send("GET", target, isBrowser: true) }

    func finish(_ user: String, _ begun: Begun, _ verifier: String) async throws -> RawResponse {
        try await send(
            "POST", "/users/\(user)/connect/finish",
            #"{"oauth_token":"\#(begun.token)","oauth_verifier":"\#(verifier)"}"#)
    }

    /// The whole flow of a browser. Returns what it ends at.
    func connect(_ user: String, _ body: String? = nil, as person: String? = nil) async throws -> RawResponse {
        let begun = try await begin(user, body)
        return try await callBack(try await sandbox.consent(as: person ?? user, at: begun.authorizeUrl))
    }

    // MARK: What an operator sees

    var configuration: [String] { ["--config", directory.file("config.json")] }

    func command(_ arguments: String...) async throws -> String {
        try await Binary.succeed(arguments + configuration)
    }

    func state(of user: String) async throws -> String? {
        try await command("user", "list", "--json").split(separator: "\n").map {
            try JSONDecoder().decode(ShownUser.self, from: Data($0.utf8))
        }.first { $0.user == user }?.state
    }

    /// How many credentials were stored for a user.
    func version(of user: String) async throws -> Int? {
        let shown = try await command("user", "list", "--json").split(separator: "\n").first {
            $0.contains(#""user":"\#(user)""#) || $0.contains(#""user": "\#(user)""#)
        }
        return shown?.firstMatch(of: /"credential_version": ?([0-9]+)/).flatMap { Int($0.1) }
    }

    /// Whom the sandbox takes the user's credential for.
    func identity(of user: String) async throws -> String? {
        let response = try await send("GET", "/users/\(user)/oauth/user")
        guard response.status == 200 else { return nil }
        return try await sandbox.arrivals(at: "/oauth/user").last?.user
    }
}

/// State directory of gateway and sandbox, filled once and copied for each test.
struct ConnectState: Sendable {
    let key: String
    private let directory: TemporaryDirectory

    static func shared() async throws -> ConnectState { try await common.value }
    private static let common = Task { try await ConnectState() }

    private init() async throws {
        directory = try TemporaryDirectory("connect-state")
        let box = directory.file("sandbox")
        let sandbox = try await ConsentSandbox(in: box, users: ConnectGateway.users)
        let configuration = ["--config", try directory.write(Self.configuration, to: "config.json")]
        try await Binary.succeed(["init"] + configuration)
        try await Binary.succeed(["tenant", "add", "acme"] + configuration)
        let consumerKey = try String(contentsOfFile: box + "/consumer.key", encoding: .utf8)
        try await Binary.succeed(
            ["consumer", "add", "main", "--key", consumerKey.trimmingCharacters(in: .newlines)]
                + ["--secret-file", box + "/consumer.secret"] + configuration)
        try await Binary.succeed(
            ["user", "import", "alice", "--consumer", "main", "--token-file", box + "/users/alice.token"]
                + ["--secret-file", box + "/users/alice.secret"] + configuration)
        let added = try await Binary.succeed(
            ["caller", "add", "backend", "--scopes", "read,write,connect", "--json"] + configuration)
        key = try JSONDecoder().decode(CallerAdded.self, from: Data(added.utf8)).key
        withExtendedLifetime(sandbox) {}
    }

    func copy(to other: TemporaryDirectory) throws {
        for name in ["state", "sandbox", "config.json"] {
            try FileManager.default.copyItem(atPath: directory.file(name), toPath: other.file(name))
        }
    }

    private static let configuration = """
        {
            "listen": {"address": "127.0.0.1:0"},
            "ops": {"address": "127.0.0.1:0"},
            "upstream": {"base_url": "http://127.0.0.1:1"},
            "oauth": {"return_to": ["https://app.example"]},
            "log": {"format": "json", "level": "trace"}
        }
        """
}
