// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// A gateway before a sandbox in which everything that must not get out is marked, and a note of everything that the
/// gateway and its commands said.
final class CanaryHouse: Sendable {
    static let first = "canaryhomeofanna", second = "canaryhomeofbert", third = "canaryhomeofcleo"
    static let created = "canaryhomeofdora", quarantined = "canaryhomeofemil"
    static let names = [first, second, third, created, quarantined]

    let directory: TemporaryDirectory
    let sandbox: ConsentSandbox
    /// What nobody may read anywhere, by what it is.
    let secrets = Watched<[String: String]>([:])
    /// What was said, by who said it.
    let said = Watched<[String: Data]>([:])
    let keys = Watched<[String: String]>([:])
    /// How often calls were answered with which status.
    let statuses = Watched<[Int: Int]>([:])
    private let running = Watched<Running?>(nil)

    private struct Running: Sendable {
        let process: ChildProcess
        let port: Int
        let opsPort: Int
    }

    init() async throws {
        directory = try TemporaryDirectory("canary")
        try FileManager.default.createDirectory(atPath: directory.file("copies"), withIntermediateDirectories: false)
        sandbox = try await ConsentSandbox(
            in: directory.file("sandbox"), users: [Self.first, Self.second, Self.third])
        try directory.write(
            """
            {
                "listen": {"address": "127.0.0.1:0"},
                "ops": {"address": "127.0.0.1:0"},
                "upstream": {"base_url": "\(sandbox.url)", "timeout": "1s", "connect_timeout": "1s",
                             "protection": {"pauses": false, "circuit_breaker": false}},
                "oauth": {"return_to": ["https://app.example"]},
                "audit": {"checkpoint_copies": "copies"},
                "log": {"format": "json", "level": "trace"}
            }
            """, to: "config.json")
    }

    func mark(_ what: String, _ secret: String) { secrets.change { $0[what] = secret } }

    /// A secret of its own, with characters that encodings change.
    func marked(_ what: String) -> String {
        let secret = "Canary+\(uniqueWord())/=&%~!"
        mark(what, secret)
        return secret
    }

    /// The sandbox's word for it, in a file of its own.
    func file(_ name: String) throws -> String {
        try String(contentsOfFile: directory.file("sandbox/" + name), encoding: .utf8)
            .trimmingCharacters(in: .newlines)
    }

    // MARK: Running

    func start() async throws {
        let process = try await Deployment.serve(in: directory, settings: [:])
        let announced = try await Deployment.announcement(of: process)
        let next = Running(
            process: process, port: try Announcement.port(announced.listen),
            opsPort: try Announcement.port(announced.ops))
        running.change { $0 = next }
        for name in ["cmdline", "environ", "status", "limits"] {
            note("/proc/PID/\(name)", FileManager.default.contents(atPath: "/proc/\(process.identifier)/\(name)"))
        }
    }

    /// - Returns: as `ChildProcess.exitStatus`.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM) async throws -> Int32 {
        guard let process = running.current?.process else { return 0 }
        running.change { $0 = nil }
        process.send(signal: signal)
        let status = try await process.exitStatus()
        #expect(!process.hasLeftCore)
        note("log", Data(process.errors.bytes))
        note("standard output", Data(process.output.bytes))
        return status
    }

    func note(_ place: String, _ bytes: Data?) {
        said.change { $0["\(place) (\($0.count))"] = bytes ?? Data() }
    }

    // MARK: Doing

    /// - Parameter isTold: what it prints is for the one who asked, and may be secret.
    @discardableResult
    func command(
        _ arguments: String..., input: String = "", isTold: Bool = false
    ) async throws -> (status: Int32, output: String) {
        let result = try await Binary.run(
            arguments + ["--config", directory.file("config.json")], input: input)
        let name = arguments.prefix(2).joined(separator: " ")
        if !isTold { note("output of \(name)", Data(result.output.utf8)) }
        note("errors of \(name)", Data(result.errors.utf8))
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return (result.status, result.output)
    }

    /// Errors are noted whole: they are the gateway's words, or those of the sandbox.
    @discardableResult
    func send(
        _ method: String, _ target: String, _ body: String? = nil, as caller: String? = "all",
        _ headers: [String] = []
    ) async throws -> RawResponse {
        guard let running = running.current else { throw CommandFailed(arguments: ["serve"], errors: "not running") }
        let connection = try RawConnection.tcp(port: running.port)
        var lines = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1:\(running.port)"] + headers
        if let caller { lines.append("Authorization: Bearer \(keys.current[caller] ?? caller)") }
        if let body { lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"] }
        try await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
        let response = try await connection.response(within: .seconds(40))
        let head = response.headers.map { "\($0.name): \($0.value)\n" }.joined()
        if response.header("location") == nil { note("head of an answer", Data(head.utf8)) }
        statuses.change { $0[response.status, default: 0] += 1 }
        if response.status >= 400 { note("body of an error", Data(response.body)) }
        return response
    }

    func visit(_ target: String) async throws -> RawResponse {
        try await send(
            "GET", target, as: nil,
            ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"])
    }

    func watch(_ path: String) async throws {
        guard let running = running.current else { return }
        let connection = try RawConnection.tcp(port: running.opsPort)
        try await connection.send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(running.opsPort)\r\n\r\n")
        note(path, Data(try await connection.response().body))
    }
}
