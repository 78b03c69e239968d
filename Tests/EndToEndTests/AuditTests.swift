// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// The audit journal as the running gateway keeps it.
struct AuditTests {
    @Test func aCallLeavesAnIntentAndAnOutcomeInPlainJSON() async throws {
        let deployment = try await Deployment.shared()
        let mark = uniqueMark()
        let (response, _) = try await deployment.forward(
            .get("/users/alice/api/v1/wego_home/building?page=\(mark)&state=x"))
        let lines = try deployment.journal(of: response)
        #expect(lines.map(\.kind) == ["intent", "outcome"])
        let intent = try #require(lines.first)
        #expect(intent.tenant == "acme" && intent.caller == "backend" && intent.method == "GET")
        #expect(intent.route == "/api/v1/wego_home/building" && intent.parameters == ["(other)", "state"])
        #expect(intent.user?.hasPrefix("usr_") == true && intent.digest?.hasPrefix("fp_") == true)
        #expect(lines[1].result == "answered" && lines[1].status == 200 && (lines[1].journal_us ?? 0) > 0)
        let text = try deployment.newestSegment()
        #expect(!text.contains(mark) && !text.contains("alice"))
    }

    @Test func theIntentIsThereBeforeTheUpstreamSeesTheCallAndTheOutcomeBeforeTheAnswer() async throws {
        let deployment = try await Deployment.shared()
        let (mark, trace) = (uniqueMark(), uniqueTrace())
        let connection = try deployment.connect()
        try await connection.send(
            deployment.bytes(of: .get("/users/alice/api/v1/magic/hold/\(mark)", [trace.header])))
        try await deployment.upstream.received(mark)
        let open = try deployment.journal(withTrace: trace.id)
        #expect(open.map(\.kind) == ["intent"])
        try deployment.upstream.release(mark)
        let response = try await connection.response()
        #expect(response.header("wego-gateway-request-id") == open.first?.request_id)
        #expect(try deployment.journal(of: response).map(\.kind) == ["intent", "outcome"])
    }

    @Test func refusalsAreRecorded() async throws {
        let deployment = try await Deployment.shared()
        let response = try await deployment.send(.get("/users/alice/oauth/user", as: "acme/bobs"))
        try expectProblem(response, .userNotFound)
        // Nobody waits for the record of a refusal, so this may come before it.
        let deadline = ContinuousClock.now + .seconds(20)
        while try deployment.journal(of: response).isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        let line = try #require(try deployment.journal(of: response).first)
        #expect(
            line.kind == "denied" && line.caller == "bobs" && line.problem == "user-not-found" && line.status == 404)
    }

    @Test func calmlyRefusesWhileTheJournalIsGoneAndComesBackByItself() async throws {
        let deployment = try await Deployment()
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        let aside = deployment.auditDirectory + ".aside"
        #expect(rename(deployment.auditDirectory, aside) == 0)
        let notReady = try await deployment.ready(503)
        #expect(notReady.bodyText.contains(#""audit_journal": "failed""#))
        #expect(notReady.bodyText.contains(deployment.auditDirectory))
        let mark = uniqueMark()
        let started = ContinuousClock.now
        let refused = try await deployment.send(.get("/users/alice/api/v1/wego_home/building?m=\(mark)"))
        #expect(ContinuousClock.now - started < .seconds(5))
        try expectProblem(refused, .auditUnavailable)
        #expect(refused.header("retry-after") == "1")
        #expect(try deployment.upstream.records(marked: mark).isEmpty)
        #expect(try await deployment.ops("/metrics").bodyText.contains("\nwego_gateway_audit_available 0\n"))
        _ = try await deployment.gateway.errors.line("a word about the journal") {
            $0.contains("The audit journal is not available") && $0.contains("audit-")
        }
        let change = try await Binary.run(["tenant", "add", "late", "--config", deployment.configuration])
        #expect(change.status == 3 && change.errors.contains("Nothing was changed"))
        #expect(rename(aside, deployment.auditDirectory) == 0)
        _ = try await deployment.ready(200)
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        #expect(try deployment.journal().contains { $0.kind == "recovered" })
        #expect(try await Binary.run(["tenant", "add", "late", "--config", deployment.configuration]).status == 0)
        #expect(try await deployment.audit("verify").status == 0)
    }

    @Test func theSecondDirectoryTakesOver() async throws {
        let deployment = try await Deployment(settings: ["AUDIT_SECOND_DIRECTORY": "second"])
        let aside = deployment.auditDirectory + ".aside"
        #expect(rename(deployment.auditDirectory, aside) == 0)
        _ = try await deployment.gateway.errors.line("a word about the segment") {
            $0.contains("A segment of the audit journal failed")
        }
        let (response, _) = try await deployment.forward(.get("/users/alice/oauth/user"))
        let id = response.header("wego-gateway-request-id")
        let lines = try Deployment.journal(in: deployment.directory.file("second")).filter { $0.request_id == id }
        #expect(lines.map(\.kind) == ["intent", "outcome"])
        // Nothing is wrong yet, but it is told.
        let ready = try await deployment.ready(200)
        let told = #""in_second_directory": "\#(deployment.auditDirectory): "#
        #expect(ready.bodyText.contains(told), "\(ready.bodyText)")
        let metrics = try await deployment.ops("/metrics").bodyText
        #expect(metrics.contains("wego_gateway_audit_fallback_segments_total 1\n"))
        _ = try await deployment.gateway.errors.line("a word about the directory") {
            $0.contains("does not take segments") && $0.contains(deployment.auditDirectory)
                && $0.contains("No such file")
        }
        #expect(rename(aside, deployment.auditDirectory) == 0)
        deployment.gateway.send(signal: SIGTERM)
        #expect(try await deployment.gateway.exitStatus() == 0)
        let verified = try await deployment.audit(
            "verify", "--directory", deployment.auditDirectory, "--directory", deployment.directory.file("second"))
        #expect(verified.status == 0, "\(verified.errors)")
    }

    @Test func anotherDirectoryInThePlaceOfTheJournalsIsNotWrittenTo() async throws {
        let deployment = try await Deployment()
        let (place, aside) = (deployment.auditDirectory, deployment.auditDirectory + ".aside")
        #expect(rename(place, aside) == 0)
        #expect(mkdir(place, 0o777) == 0 && chmod(place, 0o777) == 0)
        // It may have looked while there was none.
        var told = try await deployment.ready(503).bodyText
        let deadline = ContinuousClock.now + .seconds(20)
        while !told.contains("it is another directory"), ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
            told = try await deployment.ready(503).bodyText
        }
        #expect(told.contains("it is another directory"), "\(told)")
        try expectProblem(try await deployment.send(.get("/users/alice/oauth/user")), .auditUnavailable)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place).isEmpty)
        #expect(rmdir(place) == 0 && rename(aside, place) == 0)
        _ = try await deployment.ready(200)
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        #expect(try await deployment.audit("verify").status == 0)
    }

    @Test func aSecondGatewayOnTheSameJournalIsRefused() async throws {
        let deployment = try await Deployment.shared()
        let other = try TemporaryDirectory("e2e")
        try await ProvisionedState.shared().copy(to: other)
        try other.write(
            """
            {"listen": {"address": "127.0.0.1:0"}, "ops": {"address": "127.0.0.1:0"},
             "audit": {"directory": "\(deployment.auditDirectory)"}}
            """, to: "config.json")
        let second = try await Binary.run(["serve", "--config", other.file("config.json")])
        #expect(second.status == 3 && second.output.isEmpty)
        #expect(second.errors.contains("Another gateway writes to this audit journal"))
        let command = try await Binary.run(["tenant", "add", "x", "--config", other.file("config.json")])
        #expect(command.status == 3 && command.errors.contains("Another gateway writes to this audit journal"))
    }

    @Test func aDirectoryThatIsNotOursAloneIsRefused() async throws {
        let directory = try TemporaryDirectory("e2e")
        try await ProvisionedState.shared().copy(to: directory)
        let configuration = try directory.write(
            #"{"listen": {"address": "127.0.0.1:0"}, "ops": {"address": "127.0.0.1:0"}}"#, to: "config.json")
        let path = directory.file("state/audit")
        #expect(chmod(path, 0o777) == 0)
        for command in [["serve"], ["tenant", "add", "x"]] {
            let refused = try await Binary.run(command + ["--config", configuration])
            #expect(refused.status == 3 && refused.errors.contains("others may write to it"), "\(refused.errors)")
        }
        #expect(chmod(path, 0o700) == 0)
        try FileManager.default.removeItem(atPath: path)
        try directory.write("", to: "state/audit")
        let refused = try await Binary.run(["serve", "--config", configuration])
        #expect(refused.status == 3 && refused.errors.contains("it is not a directory"))
        #expect(
            try await Binary.run(["tenant", "list", "--config", configuration]).status == 0, "reads need no journal")
    }

    @Test(arguments: ["strict", "paranoid", "relaxed"])
    func everySegmentSaysHowDurableItsRecordsAre(mode: String) async throws {
        let deployment = try await Deployment(settings: ["AUDIT_DURABILITY": mode])
        let (response, _) = try await deployment.forward(.get("/users/alice/oauth/user"))
        #expect(try deployment.journal(of: response).map(\.kind) == ["intent", "outcome"])
        #expect(try deployment.journal().last { $0.kind == "segment" }?.durability == mode)
    }

    @Test func afterAKillOpenIntentsBecomeUnknown() async throws {
        let deployment = try await Deployment()
        let (mark, trace) = (uniqueMark(), uniqueTrace())
        let connection = try deployment.connect()
        var call = Call.json("POST", "/users/alice/api/v1/magic/hold/\(mark)", "{}")
        call.headers.append(trace.header)
        try await connection.send(deployment.bytes(of: call))
        try await deployment.upstream.received(mark)
        let open = try #require(try deployment.journal(withTrace: trace.id).first)
        deployment.gateway.send(signal: SIGKILL)
        _ = try await deployment.gateway.exitStatus()
        let again = try await Deployment.serve(in: deployment.directory, settings: [:])
        _ = try await Deployment.announcement(of: again)
        let outcome = try #require(
            try deployment.journal().last { $0.request_id == open.request_id && $0.kind == "outcome" })
        #expect(outcome.result == "unknown" && outcome.problem == "crash")
        #expect(try deployment.journal().contains { $0.kind == "recovered" && $0.reason == "crash" })
        #expect(try await deployment.audit("verify").status == 0)
    }
}
