// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport

/// A journal that a gateway and a dozen commands wrote, somewhere else and without anything that belonged to it: the
/// segments, the checkpoints, and a public key kept apart.
struct TamperedJournal {
    let place: TemporaryDirectory

    var directory: String { place.file("journal") }
    var publicKey: String { place.file("kept.pub") }

    static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../Fixtures/journal.py").standardized.path

    /// Written once, by three lives of a gateway; segments of the first two are compressed.
    private static let original = Task {
        let deployment = try await Deployment()
        var gateway = deployment.gateway
        var port = deployment.port
        for life in 0..<3 {
            let load = KillLoad(deployment: deployment)
            await load.run(connections: 2, calls: 5, port: port, seed: UInt64(life))
            gateway.send(signal: SIGTERM)
            _ = try await gateway.exitStatus()
            guard life < 2 else { break }
            gateway = try await Deployment.serve(in: deployment.directory, settings: [:])
            port = try await Announcement.port(Deployment.announcement(of: gateway).listen)
            _ = try await gateway.errors.line("a word about segments") { $0.contains("were put away") }
        }
        return deployment
    }

    /// - Parameter compressed: leave segments as they are instead of unpacking them.
    init(compressed: Bool = false) async throws {
        place = try TemporaryDirectory("tampered")
        let source = try await Self.original.value.auditDirectory
        try FileManager.default.copyItem(atPath: source, toPath: directory)
        try FileManager.default.moveItem(atPath: directory + "/audit.pub", toPath: publicKey)
        if !compressed {
            let packed = try segments().filter { $0.hasSuffix(".gz") }.map { directory + "/" + $0 }
            _ = try await ChildProcess.run("/bin/gzip", ["-d"] + packed)
        }
    }

    func segments() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasPrefix("audit-") }.sorted()
    }

    /// Of the first life: calls stand in it, and segments before and behind it.
    func middle() throws -> String {
        let names = try segments()
        return names[names.count - 3]
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: directory + "/" + name)))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: directory + "/" + name))
    }

    func lines(_ name: String) throws -> [String] {
        String(decoding: try bytes(name), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func change(_ name: String, _ body: (inout [String]) -> Void) throws {
        var lines = try lines(name)
        body(&lines)
        try write(Array(lines.map { $0 + "\n" }.joined().utf8), to: name)
    }

    func remove(_ name: String) { unlink(directory + "/" + name) }

    /// What the command says, which knows nothing but these files.
    func verify(_ more: String...) async throws -> (status: Int32, found: Found?, text: String) {
        let result = try await Binary.run(
            ["audit", "verify", "--json", "--directory", directory, "--public-key", publicKey] + more)
        return (result.status, try? JSONDecoder().decode(Found.self, from: Data(result.output.utf8)), result.errors)
    }

    struct Found: Decodable {
        struct Bad: Decodable {
            let segment: String
            let line: Int
            let reason: String
        }

        let ok: Bool
        let records: Int
        var first_bad: Bad?
    }
}
