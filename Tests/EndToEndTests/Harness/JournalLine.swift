// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// A record of the audit journal, read as anybody would: one JSON object a line.
struct JournalLine: Decodable {
    let seq: UInt64
    let kind: String
    var request_id: String?
    var trace_id: String?
    var tenant: String?
    var caller: String?
    var user: String?
    var route: String?
    var method: String?
    var parameters: [String]?
    var digest: String?
    var result: String?
    var status: Int?
    var problem: String?
    var journal_us: Int?
    var actor: String?
    var action: String?
    var object: String?
    var name: String?
    var old: String?
    var new: String?
    var version: String?
    var reason: String?
    var durability: String?
    var durable: UInt64?
    var segment: UInt64?
    var previous: UInt64?
    var failed: Failed?

    struct Failed: Decodable {
        let segment: UInt64
        let after: UInt64
    }
}

/// Letters that nothing else contains.
func uniqueWord() -> String {
    String((0..<20).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement() ?? "a" })
}

/// A trace id that nothing else has, and the field that brings it into the records of a call.
func uniqueTrace() -> (id: String, header: (String, String)) {
    let id = UUID().uuidString.lowercased().replacing("-", with: "")
    return (id, ("traceparent", "00-\(id)-00f067aa0ba902b7-01"))
}

extension Deployment {
    var auditDirectory: String { directory.file("state/audit") }

    func newestSegmentName() throws -> String {
        try FileManager.default.contentsOfDirectory(atPath: auditDirectory).filter { $0.hasSuffix(".jsonl") }.max()
            ?? ""
    }

    /// The text of the segment that is written to.
    func newestSegment() throws -> String {
        try String(contentsOfFile: "\(auditDirectory)/\(newestSegmentName())", encoding: .utf8)
    }

    /// The texts of those that are not compressed.
    func plainSegments() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: auditDirectory).filter { $0.hasSuffix(".jsonl") }
            .map { try String(contentsOfFile: "\(auditDirectory)/\($0)", encoding: .utf8) }
    }

    func journal() throws -> [JournalLine] {
        try Self.journal(in: auditDirectory)
    }

    /// What stands in all segments, compressed or not, in order.
    static func journal(in directory: String) throws -> [JournalLine] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).map { name in
            name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
        }
        return try Set(names.filter { $0.hasSuffix(".jsonl") }).sorted().flatMap { name in
            try text(ofSegment: "\(directory)/\(name)").components(separatedBy: "\n").dropLast()
                .map { try JSONDecoder().decode(JournalLine.self, from: Data($0.utf8)) }
        }
    }

    /// A complete segment may be compressed at any moment: then it is there under its other name before it goes.
    private static func text(ofSegment path: String) throws -> String {
        if let plain = try? String(contentsOfFile: path, encoding: .utf8) { return plain }
        let gzip = Process()
        gzip.executableURL = URL(filePath: "/bin/gzip")
        gzip.arguments = ["-dc", path + ".gz"]
        let output = Pipe()
        gzip.standardOutput = output
        gzip.standardError = FileHandle.nullDevice
        try gzip.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        gzip.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What the journal holds of the call with this trace id.
    func journal(withTrace trace: String) throws -> [JournalLine] {
        let lines = try journal()
        let id = lines.first { $0.trace_id == trace }?.request_id
        return lines.filter { $0.request_id == id && id != nil }
    }

    func journal(of response: RawResponse) throws -> [JournalLine] {
        let id = response.header("wego-gateway-request-id")
        return try journal().filter { $0.request_id == id }
    }

    /// Runs an `audit` command on this deployment.
    func audit(_ arguments: String...) async throws -> (status: Int32, output: String, errors: String) {
        try await Binary.run(["audit"] + arguments + ["--config", configuration])
    }

    /// Waits until `/readyz` answers with `status`.
    func ready(_ status: Int) async throws -> RawResponse {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            let response = try await ops("/readyz")
            if response.status == status { return response }
            guard ContinuousClock.now < deadline else { throw Unforwarded(response: response) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}

extension Deployment {
    /// All records, those of compressed segments, too.
    func exported() async throws -> [JournalLine] {
        let file = directory.file("exported.jsonl")
        let result = try await ChildProcess.run(
            "/bin/sh", ["-c", #"exec "$0" audit export --config "$1" > "$2""#, Binary.path, configuration, file])
        guard result.status == 0 else { throw CommandFailed(arguments: ["audit", "export"], errors: result.errors) }
        return try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            .map { try JSONDecoder().decode(JournalLine.self, from: Data($0.utf8)) }
    }
}
