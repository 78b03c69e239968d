// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Testing

/// The oracle is worth something only if it complains.
struct KillOracleTests {
    private static let journal = [
        #"{"seq":1,"kind":"segment","durability":"strict"}"#,
        #"{"seq":2,"kind":"intent","request_id":"r1","user":"usr_1","method":"POST","trace_id":"a"}"#,
        #"{"seq":3,"kind":"outcome","request_id":"r1","result":"answered","status":200,"durable":2}"#,
        #"{"seq":4,"kind":"intent","request_id":"r2","user":"usr_1","method":"GET","trace_id":"b"}"#,
        #"{"seq":5,"kind":"outcome","request_id":"r2","result":"unknown","problem":"crash","durable":3}"#,
    ]
    private static let seen = [
        #"{"verdict":"ok","user":"acme-alice","method":"POST","parameters":[["a","1"]]}"#,
        #"{"verdict":"ok","user":"acme-alice","method":"GET","parameters":[["b","1"]]}"#,
    ]
    private static let answers = [KillLoad.Answer(word: "a", status: 200, requestID: "r1")]

    private func complaints(
        _ journal: [String] = journal, seen: [String] = seen, answers: [KillLoad.Answer] = answers
    ) throws -> [String] {
        KillOracle(
            seen: try seen.map { try UpstreamRecord($0.utf8) }, answers: answers,
            journal: try journal.map { try JSONDecoder().decode(JournalLine.self, from: Data($0.utf8)) }
        ).complaints
    }

    private func journal(_ index: Int, _ old: String, _ new: String) -> [String] {
        var changed = Self.journal
        changed[index] = changed[index].replacing(old, with: new)
        return changed
    }

    @Test func isContentWithAWholeJournal() throws {
        #expect(try complaints().isEmpty)
    }

    @Test func complainsAboutWhatIsMissing() throws {
        for index in 1..<5 {
            var changed = Self.journal
            changed.remove(at: index)
            #expect(try complaints(changed).isEmpty == false, "without record \(index + 1)")
        }
        let other = #"{"verdict":"ok","user":"acme-alice","method":"GET","parameters":[["c","1"]]}"#
        #expect(try complaints(seen: Self.seen + [other]).isEmpty == false)
        let stray = KillLoad.Answer(word: "b", status: 200, requestID: "r3")
        #expect(try complaints(answers: [stray]).isEmpty == false)
    }

    @Test func complainsAboutWhatIsWrong() throws {
        #expect(try complaints(journal(2, #""durable":2"#, #""durable":1"#)).isEmpty == false)
        #expect(try complaints(journal(2, "200", "500")).isEmpty == false)
        #expect(try complaints(journal(2, "answered", "unknown")).isEmpty == false)
        #expect(try complaints(journal(3, "usr_1", "usr_2")).isEmpty == false)
        #expect(try complaints(journal(4, "crash", "other")).isEmpty == false)
        #expect(try complaints(seen: Self.seen + [Self.seen[0]]).isEmpty == false)
        let unknown = KillLoad.Answer(word: "b", status: 200, requestID: "r2")
        #expect(try complaints(answers: [unknown]).isEmpty == false)
    }
}
