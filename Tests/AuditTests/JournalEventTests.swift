// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

/// Changes, denials and clocks.
struct JournalEventTests {
    @Test func aChangeIsDurableWhenItIsAcknowledged() async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        let pseudonyms = try #require(Pseudonyms(key: Array(repeating: 7, count: 32)))
        var event = AdminEvent(actor: "operator", action: .change, object: .limits("home-user"), tenant: "acme")
        event.old = pseudonyms.fingerprint("limits", of: "60/min".utf8)
        event.new = pseudonyms.fingerprint("limits", of: "90/min".utf8)
        let wanted = event
        let sequence = try await onThread { try journal.appendAdmin(wanted, time: moment) }
        #expect(journal.durableSequence >= sequence)
        #expect(journal.stop(reason: "test"))
        let line = try #require(try fixture.lines().first { $0.contains(#""kind":"admin""#) })
        #expect(
            line.contains(#""actor":"operator","action":"change","tenant":"acme","object":"limits","name":"home-user""#)
        )
        #expect(line.contains(#""old":"fp_"#) && line.contains(#""new":"fp_"#))
        #expect(!line.contains("60/min") && !line.contains("90/min"))
    }

    @Test func aFloodOfDenialsTakesFewRecords() async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        let key = DenialKey(
            tenant: "acme", caller: "c", user: alice, route: nil, problem: "rate-limited", status: 429)
        try await onThread { for _ in 0..<500 { journal.appendDenied(DeniedCalls(key: key, count: 1), time: moment) } }
        #expect(journal.stop(reason: "test"))
        let lines = try fixture.lines().filter { $0.contains(#""kind":"denied""#) }
        #expect(lines.count == 6)
        #expect(lines.contains { $0.contains(#""count":495"#) })
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func aClockThatJumpsChangesTimesAndNeverTheOrder() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.segmentBytes = 4096
        let journal = try fixture.open()
        let times: [Int64] = [moment, 0, -5, .max, moment + 1, .min, moment - 86_400_000_000, moment + 2]
        try await onThread {
            for (number, time) in times.enumerated() {
                for content in [JournalRecord.Content.intent(intent("r\(number)")), .outcome(outcome("r\(number)"))] {
                    try journal.appendAndWait([JournalRecord(time: time, content: content)])
                }
            }
        }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
        let reader = try fixture.reader()
        var seen: [Int64] = []
        var last: UInt64 = 0
        while let entry = try reader.next() {
            #expect(entry.sequence == last + 1)
            last = entry.sequence
            if entry.kind == .intent { seen.append(entry.time) }
        }
        let range = UTCTimestamp.range
        #expect(seen == times.map { min(max($0, range.lowerBound), range.upperBound) })
        #expect(try fixture.open().stop(reason: "test"))
    }

    @Test func everySegmentStatesItsDurability() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.segmentBytes = 4096
        for durability in JournalDurability.allCases {
            fixture.configuration.durability = durability
            let journal = try fixture.open()
            try await onThread { for number in 0..<10 { try journal.call("r\(number)") } }
            #expect(journal.stop(reason: "test"))
        }
        let headers = try fixture.lines().filter { $0.contains(#""kind":"segment""#) }
        #expect(headers.count == (try fixture.segments().count))
        for durability in JournalDurability.allCases {
            #expect(headers.filter { $0.contains(#""durability":"\#(durability.rawValue)""#) }.count > 1)
        }
        #expect(try fixture.verify().firstBad == nil)
    }
}
