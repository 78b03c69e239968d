// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// The `audit` commands, and what commands leave in the journal.
struct AuditCommandTests {
    @Test func findsTheCallsOfAHomeUserByName() async throws {
        let deployment = try await Deployment()
        let (response, _) = try await deployment.forward(.get("/users/alice/oauth/user"))
        _ = try await deployment.forward(.get("/users/alice/oauth/user", as: "acme/reader"))
        _ = try await deployment.forward(.get("/users/alice/oauth/user", as: "globex/backend"))
        let id = try #require(response.header("wego-gateway-request-id"))
        let found = try await deployment.audit("query", "--user", "alice", "--tenant", "acme", "--json")
        #expect(found.status == 0, "\(found.errors)")
        let rows = try found.output.split(separator: "\n").map {
            try JSONDecoder().decode(JournalLine.self, from: Data($0.utf8))
        }
        // The import of the user is a change about it, too; it had no pseudonym before.
        #expect(rows.filter { $0.kind == "call" }.map(\.caller) == ["reader", "backend"])
        #expect(rows.contains { $0.kind == "admin" && $0.action == "import" && $0.result == "done" })
        let receipts = try await deployment.audit(
            "query", "--user", "alice", "--tenant", "acme", "--receipts", "--json")
        #expect(receipts.output.contains(#""caller":"backend","route":"/oauth/user","method":"GET","forwarded":1"#))
        let one = try await deployment.audit("query", "--request-id", id, "--csv")
        #expect(one.output.split(separator: "\r\n").count == 2 && one.output.contains(id))
        let table = try await deployment.audit("query", "--caller", "reader", "--status", "2xx", "--from", "1h")
        #expect(table.output.contains("GET /oauth/user") && table.output.hasPrefix("TIME"))
        let part = try await deployment.audit("query", "--limit", "1", "--json")
        #expect(part.output.split(separator: "\n").count == 1 && part.errors.contains("--limit"))
        let none = try await deployment.audit(
            "query", "--user", "alice", "--tenant", "acme", "--receipts", "--caller", "nobody", "--json")
        #expect(none.status == 0 && !none.output.contains("backend"))
        let nobody = try await deployment.audit("query", "--user", "nobody", "--tenant", "acme")
        #expect(nobody.status == 1 && nobody.errors.contains("There is no home user named"))
    }

    @Test func showsTheLastRecordsAndExportsThemAll() async throws {
        let deployment = try await Deployment.shared()
        let (response, _) = try await deployment.forward(.get("/users/alice/oauth/user"))
        let id = try #require(response.header("wego-gateway-request-id"))
        let tail = try await deployment.audit("tail", "--request-id", id)
        #expect(tail.output.contains("intent") && tail.output.contains("outcome") && tail.output.contains(id))
        let export = try await deployment.audit("export", "--request-id", id)
        let lines = export.output.split(separator: "\n")
        #expect(lines.count == 2)
        let segment = try deployment.newestSegment()
        for line in lines { #expect(segment.contains(line)) }
    }

    @Test func followsWhatComes() async throws {
        let deployment = try await Deployment.shared()
        let child = try await ChildProcess(
            Binary.path, ["audit", "tail", "-n", "0", "--follow", "--json", "--config", deployment.configuration])
        var seen = false
        // The first calls may be made before the command looks.
        for _ in 0..<200 where !seen {
            let (response, _) = try await deployment.forward(.get("/users/alice/oauth/user"))
            let id = try #require(response.header("wego-gateway-request-id"))
            seen = (try? await child.output.line("a record", within: .milliseconds(500)) { $0.contains(id) }) != nil
        }
        #expect(seen)
    }

    @Test func verificationFindsWhatWasChanged() async throws {
        let deployment = try await Deployment()
        for _ in 0..<3 { _ = try await deployment.forward(.get("/users/alice/oauth/user")) }
        deployment.gateway.send(signal: SIGTERM)
        #expect(try await deployment.gateway.exitStatus() == 0)
        let whole = try await deployment.audit("verify", "--json")
        #expect(whole.status == 0 && whole.output.hasPrefix(#"{"ok":true,"records":"#))
        #expect(whole.output.contains(#""first_bad":null"#))
        let name = try deployment.newestSegmentName()
        let path = "\(deployment.auditDirectory)/\(name)"
        let original = try String(contentsOfFile: path, encoding: .utf8)
        try original.replacing(#""caller":"backend""#, with: #""caller":"someone""#)
            .write(toFile: path, atomically: false, encoding: .utf8)
        let bad = try await deployment.audit("verify", "--json")
        #expect(bad.status == 2 && bad.output.hasPrefix(#"{"ok":false,"#))
        #expect(bad.output.contains(#""first_bad":{"segment":"\#(name)","line":"#))
        let told = try await deployment.audit("verify")
        #expect(told.status == 2 && told.errors.contains(name) && told.output.isEmpty)
        // A gateway does not go on behind records that are not what was written.
        let refused = try await Binary.run(["serve", "--config", deployment.configuration])
        #expect(refused.status == 2 && refused.errors.contains(name))
        try original.write(toFile: path, atomically: false, encoding: .utf8)
        let copy = try deployment.directory.write(
            String(contentsOfFile: deployment.auditDirectory + "/audit.pub", encoding: .utf8), to: "copy.pub")
        let again = try await deployment.audit(
            "verify", "--public-key", copy, "--checkpoints", deployment.auditDirectory + "/checkpoints")
        #expect(again.status == 0 && again.output.contains("The journal is whole"))
    }

    @Test func changesAreRecordedWithAndWithoutAGateway() async throws {
        let deployment = try await Deployment()
        let options = ["--tenant", "acme", "--config", deployment.configuration]
        try await Binary.succeed(["user", "freeze", "alice"] + options)
        deployment.gateway.send(signal: SIGTERM)
        #expect(try await deployment.gateway.exitStatus() == 0)
        try await Binary.succeed(["user", "thaw", "alice"] + options)
        try await Binary.succeed(["user", "list"] + options)
        let lines = try deployment.journal()
        let changes = lines.filter { $0.kind == "admin" && ["freeze", "thaw"].contains($0.action) }
        #expect(changes.map(\.action) == ["freeze", "freeze", "thaw", "thaw"])
        #expect(changes.map(\.result) == ["begun", "done", "begun", "done"])
        for change in changes {
            #expect(change.actor == "operator:uid=\(getuid())" && change.object == "user" && change.tenant == "acme")
            #expect(change.name == changes[0].name && change.name?.hasPrefix("usr_") == true)
        }
        #expect(changes[1].new == changes[2].old && changes[0].old != changes[1].new)
        let starts = lines.filter { $0.kind == "start" || $0.kind == "stop" }
        #expect(
            starts.suffix(3).map(\.kind) == ["stop", "start", "stop"], "a command that only reads opens no journal")
        #expect(starts.suffix(2).first?.version?.hasSuffix("(command)") == true)
        #expect(try await deployment.audit("verify").status == 0)
    }

    @Test func aChangedConfigurationIsRecordedAtTheNextStart() async throws {
        let deployment = try await Deployment()
        deployment.gateway.send(signal: SIGTERM)
        _ = try await deployment.gateway.exitStatus()
        let again = try await Deployment.serve(
            in: deployment.directory, settings: ["LIMITS_CALLER_BURST": "999"])
        _ = try await Deployment.announcement(of: again)
        let changes = try deployment.journal().filter { $0.object == "configuration" }
        let last = try #require(changes.last)
        #expect(last.name == "limits.caller.burst" && last.actor == "gateway" && last.action == "change")
        #expect(last.old != nil && last.new != nil && last.old != last.new)
    }

    @Test func completeSegmentsAreCompressedAndStillRead() async throws {
        let deployment = try await Deployment()
        let (response, _) = try await deployment.forward(.get("/users/alice/oauth/user"))
        let id = try #require(response.header("wego-gateway-request-id"))
        deployment.gateway.send(signal: SIGTERM)
        _ = try await deployment.gateway.exitStatus()
        let again = try await Deployment.serve(in: deployment.directory, settings: [:])
        _ = try await Deployment.announcement(of: again)
        _ = try await again.errors.line("a word about segments") { $0.contains("were put away") }
        #expect(try deployment.plainSegments().allSatisfy { !$0.contains(id) }, "not in plain text any more")
        #expect(try await deployment.audit("query", "--request-id", id, "--json").output.contains(id))
        #expect(try await deployment.audit("export", "--request-id", id).output.contains(id))
        #expect(try await deployment.audit("reindex").status == 0)
        #expect(try await deployment.audit("verify").status == 0)
    }
}
