// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// What is left of a home user that was destroyed.
struct DestructionTests {
    private static let target = "/users/alice/api/v1/wego_home/user"

    /// Everything sealed under a home user, as it lies in the database.
    private static let sealed = """
        import sqlite3, sys
        database = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
        for row in database.execute("SELECT * FROM home_user WHERE name = ?", [sys.argv[2]]):
            for value in row:
                if isinstance(value, bytes) and len(value) >= 16:
                    print(value.hex())
        """

    private static func blobs(of user: String, _ gateway: SandboxedGateway) async throws -> [[UInt8]] {
        let database = gateway.directory.file("state/custody.sqlite")
        let result = try await ChildProcess.run("/usr/bin/python3", ["-c", sealed, database, user])
        try #require(result.status == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map { line in
            stride(from: 0, to: line.utf8.count - 1, by: 2).compactMap {
                UInt8(line.dropFirst($0).prefix(2), radix: 16)
            }
        }
    }

    /// All files of the state directory that hold one of the patterns.
    private static func holders(of patterns: [[UInt8]], _ gateway: SandboxedGateway) throws -> [String] {
        let root = gateway.directory.file("state")
        let names = (FileManager.default.enumerator(atPath: root) ?? .init()).compactMap { $0 as? String }
        return names.filter { name in
            guard let content = FileManager.default.contents(atPath: "\(root)/\(name)") else { return false }
            return patterns.contains { content.range(of: Data($0)) != nil }
        }
    }

    @Test func nothingSealedIsLeftInAnyFile() async throws {
        let gateway = try await SandboxedGateway(SandboxState(users: ["alice", "bob"]))
        // Its pages are rewritten a few times, so that copies may lie about in the log.
        for command in ["freeze", "thaw", "freeze", "thaw"] { try await gateway.command("user", command, "alice") }
        let blobs = try await Self.blobs(of: "alice", gateway)
        try #require(blobs.count >= 2)
        for blob in blobs { #expect(try !Self.holders(of: [blob], gateway).isEmpty, "the search finds what is there") }
        let plain = try [gateway.sandbox.tokenFile("alice"), gateway.sandbox.secretFile("alice")].map {
            Array(try String(contentsOfFile: $0, encoding: .utf8).trimmingCharacters(in: .newlines).utf8)
        }
        #expect(try Self.holders(of: plain, gateway).isEmpty)

        try await gateway.send("DELETE", Self.target).expect(204, "the destruction")
        #expect(try Self.holders(of: blobs + plain, gateway).isEmpty)
        try await gateway.send("GET", "/users/alice/oauth/user").expect(410, "a later call")
        #expect(try await gateway.user("alice")?.state == "destroyed")
        #expect(try await gateway.sandbox.user("alice") == nil)

        try await gateway.kill()
        #expect(try Self.holders(of: blobs + plain, gateway).isEmpty)
        try await gateway.restart()
        #expect(try Self.holders(of: blobs + plain, gateway).isEmpty)
        try await gateway.send("GET", "/users/alice/oauth/user").expect(410, "after a restart")
        try await gateway.send("GET", "/users/bob/oauth/user").expect(200, "somebody else")
    }

    /// What `user show` advises is done here, step by step.
    @Test(arguments: ["before-head", "after-read"])
    func aLostAnswerIsSettledByTheOperator(cut: String) async throws {
        let gateway = try await SandboxedGateway(SandboxState(users: ["alice"]))
        try await gateway.sandbox.script(#"{"match": {"method": "DELETE"}, "fault": {"cut": "\#(cut)"}}"#)
        let answer = try await gateway.send("DELETE", Self.target)
        try expectProblem(answer, .outcomeUnknown)
        #expect(try await gateway.user("alice")?.state == "unknown")
        try await gateway.send("GET", "/users/alice/oauth/user").expect(403, "until it is settled")
        let advice = try await gateway.command("user", "show", "alice")
        for command in ["wego-gateway user thaw alice", "GET /oauth/user", "wego-gateway user rm alice"] {
            #expect(advice.contains(command), "\(advice)")
        }
        try await gateway.command("user", "thaw", "alice")
        let isThere = cut == "after-read"
        #expect(try await (gateway.sandbox.user("alice") != nil) == isThere)
        let call = try await gateway.send("GET", "/users/alice/oauth/user")
        try call.expect(isThere ? 200 : 401, "reading with it")
        if isThere {
            try await gateway.send("DELETE", Self.target).expect(204, "destroyed again")
        } else {
            #expect(try await gateway.user("alice")?.state == "suspect")
            try await gateway.command("user", "rm", "alice")
            #expect(try await gateway.user("alice") == nil)
        }
    }
}
