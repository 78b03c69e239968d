// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// What the verifying upstream says about one request it received.
struct UpstreamRecord: Decodable, Sendable {
    /// `ok`, `public`, or what is wrong with the signature.
    let verdict: String
    /// The label of the credential that signed.
    var user: String?
    var method: String?
    /// Exactly as in the request line.
    var target: String?
    /// The query, decoded by the upstream.
    var parameters: [[String]]?
    /// Without Authorization.
    var headers: [[String]]?
    var body: Data?
    /// Which of its connections, counted from 1, and which request on it, counted from 0.
    var connection: Int?
    var index: Int?

    init(_ json: some Sequence<UInt8>) throws {
        self = try JSONDecoder().decode(UpstreamRecord.self, from: Data(json))
    }

    func headerValues(_ name: String) -> [String] {
        (headers ?? []).filter { $0[0].lowercased() == name.lowercased() }.map { $0[1] }
    }
}

/// The independent OAuth 1.0 server in Fixtures/verifying_upstream.py, as a child process.
final class VerifyingUpstream: Sendable {
    let port: Int
    private let process: ChildProcess

    static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fixtures/verifying_upstream.py").standardized.path

    private init(process: ChildProcess, port: Int) {
        self.process = process
        self.port = port
    }

    /// - Parameter port: 0 for any free one; another to come back where a killed one was.
    static func start(
        credentials: Credentials, certificates: TestCertificates, in directory: TemporaryDirectory, port: Int = 0
    ) async throws -> VerifyingUpstream {
        let process = try await ChildProcess(
            "/usr/bin/python3",
            [
                script, "--credentials", directory.write(credentials.upstreamView(), to: "upstream-\(port).json"),
                "--certificate", certificates.certificate, "--key", certificates.key, "--port", "\(port)",
            ])
        let line = try await process.output.firstLine()
        let announced = try JSONDecoder().decode([String: Int].self, from: Data(line.utf8))
        return VerifyingUpstream(process: process, port: announced["port"] ?? 0)
    }

    /// Everything received so far.
    func records() throws -> [UpstreamRecord] {
        try process.output.lines.dropFirst().map { try UpstreamRecord($0.utf8) }
    }

    /// What was received with `mark` somewhere in the target or body.
    func records(marked mark: String) throws -> [UpstreamRecord] {
        try records().filter { record in
            let body = String(decoding: record.body ?? Data(), as: UTF8.self)
            return (record.target ?? "").contains(mark) || body.contains(mark)
        }
    }

    /// Waits until a request arrives whose target contains `mark`.
    func received(_ mark: String) async throws {
        _ = try await process.output.line("request with \(mark)") { $0.contains(mark) }
    }

    /// Lets requests to `/api/v1/magic/hold/NAME` go on.
    func release(_ name: String) throws {
        try process.write("release \(name)\n")
    }

    func kill() async throws {
        process.send(signal: SIGKILL)
        _ = try await process.exitStatus()
    }
}
