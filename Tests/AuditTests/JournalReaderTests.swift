// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

struct JournalReaderTests {
    private func all(_ reader: JournalReader, _ query: JournalQuery = JournalQuery()) throws -> [JournalEntry] {
        var entries: [JournalEntry] = []
        while let entry = try reader.next(matching: query) { entries.append(entry) }
        return entries
    }

    private func written(_ calls: Int) async throws -> JournalFixture {
        var fixture = try JournalFixture()
        fixture.configuration.segmentBytes = 4096
        let journal = try fixture.open()
        try await onThread { for number in 0..<calls { try journal.call("r\(number)") } }
        #expect(journal.stop(reason: "test"))
        return fixture
    }

    @Test func givesEveryLineAsItStands() async throws {
        let fixture = try await written(20)
        let entries = try all(fixture.reader())
        #expect(entries.map(\.text) == (try fixture.lines()))
        #expect(entries.map(\.sequence) == Array(1...UInt64(entries.count)))
        for (one, next) in zip(entries, entries.dropFirst()) { #expect(next.previousHash == one.hash) }
        #expect(entries.allSatisfy { $0.time == moment })
    }

    @Test func completesOutcomesFromTheirIntents() async throws {
        let fixture = try await written(5)
        let outcome = try #require(try all(fixture.reader()).first { $0.kind == .outcome })
        #expect(outcome.facts.caller == "billing")
        #expect(outcome.facts.user == alice.text)
        #expect(outcome.facts.status == 200)
        #expect(outcome.decision == .forwarded)
    }

    @Test(arguments: JournalRecordTests.all)
    func readsTheMembersOfEveryKind(_ record: JournalRecord) throws {
        var out: [UInt8] = []
        _ = record.append(to: &out, after: ChainState(), durable: 0)
        out.removeLast()
        let entry = try #require(out.withUnsafeBytes { JournalEntry(line: $0) })
        #expect(entry.kind == record.kind)
        #expect(entry.time == record.time)
        switch record.content {
        case .denied(let denied):
            #expect(entry.facts.tenant == denied.key.tenant, "with its escapes undone")
            #expect(entry.facts.count == 9)
        case .admin(let event):
            #expect(entry.facts.object == "user")
            #expect(entry.facts.name == event.object.name)
            #expect(entry.facts.action == "freeze")
        default: break
        }
    }

    @Test func whatIsNoRecordIsSkippedAndCounted() async throws {
        let fixture = try await written(5)
        var lines = try fixture.lines()
        let count = lines.count
        lines[2] = #"{"v":1,"seq"#
        lines.insert("", at: 1)
        for name in try fixture.segments().dropFirst() { unlink(fixture.directory + "/" + name) }
        try fixture.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: "audit-00000001.jsonl")
        let reader = try fixture.reader()
        #expect(try all(reader).count == count - 1)
        #expect(reader.unreadableLines == 2)
    }

    /// Longer than any record, at the end of a segment and in the middle of one.
    @Test func aLineWithoutAnEndIsPassedOver() async throws {
        let fixture = try await written(20)
        let lines = try fixture.lines()
        let names = try fixture.segments()
        let long = [UInt8](repeating: UInt8(ascii: "x"), count: 5 * 1024 * 1024)
        try fixture.write(try fixture.bytes(names[0]) + long, to: names[0])
        let second = try fixture.bytes(names[1])
        let end = try #require(second.firstIndex(of: 0x0A)) + 1
        try fixture.write(Array(second[..<end]) + long + [0x0A] + second[end...], to: names[1])
        let reader = try fixture.reader()
        #expect(try all(reader).map(\.text) == lines)
        #expect(reader.unreadableLines == 2)
        let last = names[names.count - 1]
        let whole = try fixture.bytes(last)
        try fixture.write(whole + long, to: last)
        let follower = try fixture.reader()
        var seen: [String] = []
        var grows = [long + [0x0A], Array(try fixture.bytes(names[2]).prefix { $0 != 0x0A }) + [0x0A]]
        try follower.follow(waiting: {
            guard !grows.isEmpty, let file = FileHandle(forWritingAtPath: fixture.directory + "/" + last) else {
                return false
            }
            file.seekToEndOfFile()
            file.write(Data(grows.removeFirst()))
            return true
        }) { seen.append($0.text) }
        #expect(seen.count == lines.count + 1 && seen.prefix(lines.count) == lines[...])
        #expect(follower.unreadableLines == 3)
    }

    @Test func theTailKnowsCallsThatBeganASegmentEarlier() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.segmentBytes = 4096
        let journal = try fixture.open()
        try await onThread {
            try journal.appendAndWait([record(.intent(intent("long")))])
            let before = journal.status.segment
            while journal.status.segment == before {
                try journal.appendAndWait([record(.stop(reason: "filler"))])
            }
            try journal.appendAndWait([record(.outcome(outcome("long")))])
        }
        #expect(journal.stop(reason: "test"))
        var query = JournalQuery()
        query.user = alice
        let (entries, _) = try JournalReader.tail(directories: fixture.directories, count: 1, matching: query)
        #expect(entries.map(\.kind) == [.outcome])
        #expect(entries.first?.facts.caller == "billing")
    }

    @Test func findsWhatAQueryAsksFor() async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        try await onThread { for number in 0..<3 { try journal.call("r\(number)") } }
        let key = DenialKey(
            tenant: "other", caller: "c2", user: nil, route: nil, problem: "rate-limited", status: 429)
        journal.appendDenied(DeniedCalls(key: key, count: 1), time: moment + 5)
        #expect(journal.stop(reason: "test"))
        func count(_ change: (inout JournalQuery) -> Void) throws -> Int {
            var query = JournalQuery()
            change(&query)
            return try all(fixture.reader(), query).count
        }
        #expect(try count { $0.tenant = "acme" } == 6)
        #expect(try count { $0.user = alice } == 6)
        #expect(try count { $0.caller = "c2" } == 1)
        #expect(try count { $0.route = "/api/v1/wego_home/meters/{id}" } == 6)
        #expect(try count { $0.status = 200...299 } == 3)
        #expect(try count { $0.status = 429...429 } == 1)
        #expect(try count { $0.decision = .refused } == 1)
        #expect(try count { $0.decision = .forwarded } == 6)
        #expect(try count { $0.requestID = "r1" } == 2)
        #expect(try count { $0.from = moment + 1 } == 1)
        #expect(try count { $0.until = moment } == 0)
        #expect(
            try count {
                $0.from = moment; $0.tenant = "nobody"
            } == 0)
    }

    @Test func goesOnWhereAnotherHasStopped() async throws {
        let fixture = try await written(10)
        let lines = try fixture.lines()
        var position: JournalPosition?
        for line in lines {
            let reader = try fixture.reader(from: position)
            #expect(try reader.next()?.text == line)
            position = reader.position
        }
        #expect(try fixture.reader(from: position).next() == nil)
    }

    @Test func followsAJournalIntoNewSegments() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.segmentBytes = 4096
        let journal = try fixture.open()
        let reader = try fixture.reader()
        var seen: [String] = []
        for number in 0..<20 {
            try await onThread { try journal.call("r\(number)") }
            try reader.follow(waiting: { false }) { seen.append($0.text) }
        }
        #expect(journal.stop(reason: "test"))
        var waits = 0
        try reader.follow(waiting: {
            waits += 1; return waits < 3
        }) { seen.append($0.text) }
        #expect(waits == 3)
        #expect(seen == (try fixture.lines()))
        #expect(try fixture.segments().count > 3)
    }

    @Test func skipsWhatStandsAgainInTheNextSegment() async throws {
        let fixture = try JournalFixture()
        let disk = FaultyDisk()
        let journal = try fixture.open(disk: disk)
        try await onThread { try journal.call("before") }
        disk.faults.change { faults in
            faults.failing[.syncData] = EIO
            faults.only = fixture.directory + "/audit-00000001"
        }
        try await onThread { for number in 0..<5 { try journal.call("r\(number)") } }
        #expect(journal.stop(reason: "test"))
        let entries = try all(fixture.reader())
        #expect(entries.map(\.sequence) == Array(1...UInt64(entries.count)))
        #expect(Set(entries.filter { $0.kind == .intent }.map(\.facts.requestID)).count == 6)
        #expect(try fixture.lines().count > entries.count)
    }

    @Test(arguments: [0, 1, 3, 17, 1000])
    func theTailIsTheLastOnes(_ count: Int) async throws {
        let fixture = try await written(20)
        let (entries, reader) = try JournalReader.tail(directories: fixture.directories, count: count)
        #expect(entries.map(\.text) == (try fixture.lines().suffix(count)))
        #expect(try reader.next() == nil)
    }

    @Test func anEmptyDirectoryHasNoRecords() throws {
        let home = try TemporaryDirectory("audit")
        let reader = try JournalReader(directories: [home.path])
        #expect(try reader.next() == nil)
        #expect(reader.position == nil)
    }

    @Test(arguments: [Int64.min, -1, 0, 951_782_400_000_000, moment, .max])
    func timesReadBack(_ time: Int64) throws {
        let text = Array(UTCTimestamp.text(time).utf8)
        let clamped = min(max(time, UTCTimestamp.range.lowerBound), UTCTimestamp.range.upperBound)
        #expect(text.withUnsafeBytes { UTCTimestamp.parse($0) } == clamped)
    }
}
