// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Logging
import TestSupport

@testable import Sandbox

/// A real server on loopback for one test, asked by curl or byte by byte.
struct RunningSandbox {
    let server: SandboxServer
    let address: SandboxAddress
    let verdicts: Watched<[VerdictRecord]>
    let directory: TemporaryDirectory

    static func with(
        _ change: (inout SandboxConfiguration) -> Void = { _ in }, _ body: (RunningSandbox) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory("sandbox")
        let verdicts = Watched<[VerdictRecord]>([])
        var configuration = SignedClient.configuration()
        configuration.caFile = directory.file("ca.pem")
        configuration.logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        configuration.onVerdict = { record in verdicts.change { $0.append(record) } }
        change(&configuration)
        let server = SandboxServer(configuration: configuration)
        let address = try await server.start()
        do {
            try await body(
                RunningSandbox(server: server, address: address, verdicts: verdicts, directory: directory))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    private var scheme: String { String(address.url.prefix { $0 != ":" }) }
    private var authority: String { "127.0.0.1:\(address.port)" }

    /// Sends a signed request with curl and shows header section and body.
    func curl(
        _ method: String, _ target: String, json: String? = nil, nonce: String = "n1", signedTarget: String? = nil,
        timestamp: Int64 = SignedClient.now
    ) async throws -> (status: Int32, output: String, errors: String) {
        let request = SignedClient.alice.request(
            method, signedTarget ?? target, json: json, scheme: scheme, authority: authority, timestamp: timestamp,
            nonce: nonce)
        var arguments = ["-i", "-X", method, "-H", "Authorization: \(request.authorization[0])"]
        if let json { arguments += ["-H", "Content-Type: application/json", "--data-binary", json] }
        return try await plainCurl(arguments + [address.url + target])
    }

    /// Runs curl with the sandbox's authority.
    func plainCurl(_ arguments: [String]) async throws -> (status: Int32, output: String, errors: String) {
        var all = ["-sS", "--max-time", "20", "--path-as-is"] + arguments
        if let caFile = address.caFile { all += ["--cacert", caFile] }
        return try await ChildProcess.run("/usr/bin/curl", all)
    }

    /// Scripts a fault through the control endpoint.
    func script(_ json: String) async throws {
        let answer = try await plainCurl([
            "--fail-with-body", "-H", "Content-Type: application/json", "-d", json,
            address.url + "/_sandbox/faults",
        ])
        guard answer.status == 0 else { throw ScriptRefused(description: answer.output + answer.errors) }
    }

    /// The bytes of a signed request.
    func bytes(_ method: String, _ target: String, nonce: String) -> String {
        let request = SignedClient.alice.request(
            method, target, scheme: scheme, authority: authority, nonce: nonce)
        return
            "\(method) \(target) HTTP/1.1\r\nHost: \(authority)\r\nAuthorization: \(request.authorization[0])\r\n\r\n"
    }

    struct ScriptRefused: Error, CustomStringConvertible {
        let description: String
    }
}
