// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Foundation
import TestSupport
import Testing

/// What is older than `audit.retention`, put away by the running gateway.
struct RetentionTests {
    private static let hour: Int64 = 3600 * 1_000_000

    /// A journal of many small segments, two days old, in place of the one that is there.
    private func writeOldJournal(in deployment: Deployment) async throws {
        let state = deployment.directory.file("state")
        for name in try FileManager.default.contentsOfDirectory(atPath: state) where name.hasPrefix("audit") {
            try FileManager.default.removeItem(atPath: "\(state)/\(name)")
        }
        var configuration = JournalConfiguration(directory: deployment.auditDirectory)
        configuration.keyFile = "\(state)/audit.key"
        configuration.segmentBytes = 4096
        let (settings, past) = (configuration, JournalClock.utc - 48 * Self.hour)
        try await onThread {
            let journal = try Journal.open(settings, clock: { past })
            for number in 0..<40 {
                let intent = CallIntent(requestID: "old\(number)", method: "GET")
                try journal.appendAndWait([JournalRecord(time: past, content: .intent(intent))])
                let outcome = CallOutcome(requestID: intent.requestID, result: .answered)
                try journal.appendAndWait([JournalRecord(time: past, content: .outcome(outcome))])
            }
            #expect(journal.stop(reason: "test"))
        }
    }

    private struct Verdict: Decodable {
        let ok: Bool
        let removed: Int
        let records: Int
    }

    @Test func segmentsThatAreOldEnoughGoAndTheRestIsWhole() async throws {
        let deployment = try await Deployment()
        deployment.gateway.send(signal: SIGTERM)
        #expect(try await deployment.gateway.exitStatus() == 0)
        try await writeOldJournal(in: deployment)
        let first = try #require(try deployment.journal().first { $0.kind == "segment" })
        #expect(first.segment == 1)

        let gateway = try await Deployment.serve(in: deployment.directory, settings: ["AUDIT_RETENTION": "1h"])
        _ = try await Deployment.announcement(of: gateway)
        let line = try await gateway.errors.line("a word about segments") { $0.contains("were put away") }
        #expect(line.contains(#""removed":"2""#), "\(line)")
        let names = try FileManager.default.contentsOfDirectory(atPath: deployment.auditDirectory)
        #expect(names.contains("tombstone"))
        #expect(!names.contains { $0.hasPrefix("audit-00000001") || $0.hasPrefix("audit-00000002") }, "\(names)")
        #expect(names.contains("audit-00000003.jsonl.gz"), "what is left is compressed")
        #expect(
            try deployment.journal().contains {
                $0.action == "retain" && $0.object == "journal" && $0.name == "segments 1 to 2"
            })
        let verified = try await deployment.audit("verify", "--json")
        let verdict = try JSONDecoder().decode(Verdict.self, from: Data(verified.output.utf8))
        #expect(verified.status == 0 && verdict.ok && verdict.removed > 0 && verdict.records > 0, "\(verified.output)")
        // The removed calls are gone from the answers, too, and the others are there.
        for (id, isThere) in [("old0", false), ("old39", true)] {
            let found = try await deployment.audit("query", "--request-id", id, "--json")
            #expect(found.output.contains(id) == isThere, "\(found.output) \(found.errors)")
        }
        gateway.send(signal: SIGTERM)
        #expect(try await gateway.exitStatus() == 0)
    }
}
