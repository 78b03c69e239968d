// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import AuditIndex

struct RecordIndexTests {
    private let fixture: IndexFixture

    init() throws {
        fixture = try IndexFixture()
    }

    private func query(_ index: RecordIndex, _ change: (inout JournalQuery) -> Void = { _ in }) throws
        -> [IndexedRecord]
    {
        var query = JournalQuery()
        change(&query)
        return try index.query(query, limit: 1000, order: .oldestFirst)
    }

    @Test func aCallIsOneRow() async throws {
        let journal = try fixture.open()
        try await onThread { try fixture.call(journal, "r1") }
        #expect(journal.stop(reason: "test"))
        let index = try fixture.index()
        #expect(try index.update() == 5)
        let rows = try query(index)
        #expect(rows.count == 1)
        let row = try #require(rows.first)
        #expect(row.sequence == 3)
        #expect(row.outcomeSequence == 4)
        #expect(row.facts.caller == "billing")
        #expect(row.facts.status == 200)
        #expect(row.decision == .forwarded)
        let columns = IndexedRecord.csvHeader.split(separator: ",", omittingEmptySubsequences: false)
        let fields = row.csv.split(separator: ",", omittingEmptySubsequences: false)
        #expect(fields.count == columns.count)
        #expect(row.members.allSatisfy { columns.contains(Substring($0.name)) })
        #expect(zip(columns, fields).first { $0.0 == "caller" }?.1 == "billing")
        let root = try JSONDocument.parse(Array(row.json.utf8)).root
        #expect(root["time"]?.string == "2026-08-21T09:30:00.000001Z")
        #expect(root["user"]?.string == fixture.alice.text)
    }

    @Test func anOutcomeFindsItsCallInALaterUpdate() async throws {
        let journal = try fixture.open()
        let index = try fixture.index()
        try await onThread { try fixture.begin(journal, "r1") }
        try index.update()
        #expect(try query(index).first?.outcomeSequence == nil)
        try await onThread { try fixture.end(journal, "r1", status: 503) }
        #expect(try index.update() == 1)
        #expect(try query(index) { $0.status = 500...599 }.first?.facts.requestID == "r1")
        #expect(try query(index).count == 1)
        #expect(try index.update() == 0)
        #expect(journal.stop(reason: "test"))
    }

    @Test func findsWhatAQueryAsksFor() async throws {
        let journal = try fixture.open()
        try await onThread {
            for number in 0..<10 { try fixture.call(journal, "r\(number)", caller: number < 3 ? "a" : "b") }
            for limited in ["home-user \(fixture.alice.text)", "tenant acme"] {
                try journal.appendAdmin(
                    AdminEvent(actor: "op", action: .change, object: .limits(limited)), time: fixture.moment + 4)
            }
        }
        let key = DenialKey(
            tenant: "acme", caller: "a", user: fixture.alice, route: "/x", problem: "rate-limited", status: 429)
        journal.appendDenied(DeniedCalls(key: key, count: 1), time: fixture.moment + 5)
        try await onThread {
            _ = try journal.appendAdmin(
                AdminEvent(actor: "op", action: .freeze, object: .user(fixture.alice)), time: fixture.moment + 6)
        }
        #expect(journal.stop(reason: "test"))
        let index = try fixture.index()
        try index.update()
        #expect(try query(index).count == 14)
        #expect(try query(index) { $0.caller = "a" }.count == 4)
        #expect(try query(index) { $0.caller = "nobody" }.isEmpty)
        #expect(
            try query(index) { $0.user = fixture.alice }.count == 13,
            "changes of the user and of its limits are among them")
        #expect(try query(index) { $0.tenant = "acme" }.count == 11)
        #expect(try query(index) { $0.status = 429...429 }.count == 1)
        #expect(try query(index) { $0.decision = .refused }.count == 1)
        #expect(try query(index) { $0.decision = .forwarded }.count == 10)
        #expect(try query(index) { $0.requestID = "r7" }.count == 1)
        #expect(try query(index) { $0.from = fixture.moment + 5 }.count == 2)
        #expect(
            try query(index) {
                $0.until = fixture.moment + 5; $0.caller = "b"
            }.count == 7)
        #expect(try query(index) { $0.route = "/x" }.first?.kind == .denied)
        #expect(try index.query(JournalQuery(), limit: 2).map(\.kind) == [.admin, .denied])
        #expect(try query(index).last?.facts.object == "user")
    }

    @Test func receiptsSayWhoTouchedAHome() async throws {
        let journal = try fixture.open()
        try await onThread {
            for number in 0..<5 { try fixture.call(journal, "r\(number)", caller: "billing", time: Int64(number)) }
            try fixture.call(journal, "q", caller: "reports", time: 9)
            try fixture.call(journal, "other", caller: "reports", user: fixture.bob, time: 10)
        }
        let key = DenialKey(
            tenant: "acme", caller: "reports", user: fixture.alice, route: "/meters", problem: "forbidden", status: 403)
        journal.appendDenied(DeniedCalls(key: key, count: 1), time: fixture.moment + 20)
        #expect(journal.stop(reason: "test"))
        let index = try fixture.index()
        try index.update()
        let receipts = try index.receipts(tenant: "acme", user: fixture.alice)
        #expect(receipts.map(\.caller) == ["reports", "reports", "billing"])
        let billing = try #require(receipts.last)
        #expect(billing.forwarded == 5)
        #expect(billing.refused == 0)
        #expect(billing.first == fixture.moment)
        #expect(billing.last == fixture.moment + 4)
        #expect(receipts.first?.refused == 1)
        _ = try JSONDocument.parse(Array(billing.json.utf8))
        #expect(try index.receipts(tenant: "other", user: fixture.alice).isEmpty)
        var query = JournalQuery()
        query.caller = "billing"
        (query.from, query.until) = (fixture.moment + 1, fixture.moment + 3)
        #expect(try index.receipts(tenant: "acme", user: fixture.alice, matching: query).map(\.forwarded) == [2])
        query = JournalQuery()
        query.decision = .refused
        #expect(try index.receipts(tenant: "acme", user: fixture.alice, matching: query).map(\.refused) == [1])
    }

    @Test func anIndexMadeAnewIsTheSame() async throws {
        let index = try fixture.index()
        for round in 0..<3 {
            let journal = try fixture.open()
            try await onThread { for number in 0..<40 { try fixture.call(journal, "r\(round)-\(number)") } }
            try index.update()
            #expect(journal.stop(reason: "test"))
        }
        try index.update()
        let before = try query(index)
        #expect(before.count == 120)
        try index.reindex()
        #expect(try query(index) == before)
        #expect(try index.unreadableLines() == 0)
    }

    /// What was read before the sync failed stands again in the next segment, with other numbers.
    @Test func recordsOfAFailedSegmentAreNotCountedTwice() async throws {
        let disk = FailingDisk()
        let journal = try fixture.open(disk: disk)
        let index = try fixture.index()
        try await onThread { try fixture.begin(journal, "before") }
        disk.mode.change { $0 = .hanging }
        try await onThread {
            try fixture.end(journal, "before", status: 201)
            for number in 0..<3 { try fixture.call(journal, "r\(number)") }
        }
        try index.update()
        #expect(try query(index).count == 4)
        disk.mode.change { $0 = .failing }
        try await onThread { try fixture.call(journal, "after") }
        #expect(journal.stop(reason: "test"))
        #expect(journal.status.counts.failedSegments == 1)
        try index.update()
        let rows = try query(index)
        #expect(
            rows.map(\.facts.requestID).sorted { ($0 ?? "") < ($1 ?? "") } == ["after", "before", "r0", "r1", "r2"])
        #expect(rows.allSatisfy { $0.outcomeSequence != nil })
        #expect(rows.first { $0.facts.requestID == "before" }?.facts.status == 201)
        try index.reindex()
        #expect(try query(index) == rows)
    }

    @Test func rowsOfRemovedSegmentsGo() async throws {
        let journal = try fixture.open()
        let index = try fixture.index()
        try await onThread {
            for number in 0..<40 { try fixture.call(journal, "r\(number)", time: Int64(number) * 1_000_000) }
        }
        try index.update()
        let before = try query(index).count
        let upkeep = JournalUpkeep(retention: .seconds(25))
        let now = fixture.moment + 40_000_000
        let report = try await onThread { try journal.upkeep(upkeep, now: now) }
        #expect(report.removedSegments > 0)
        #expect(report.compressedSegments > 0)
        try index.update()
        let after = try query(index)
        #expect(after.count < before)
        #expect(after.contains { $0.kind == .admin })
        try index.reindex()
        #expect(try query(index).map(\.sequence) == after.map(\.sequence))
        #expect(journal.stop(reason: "test"))
    }

    @Test func aFileThatIsNoDatabaseIsMadeAnew() async throws {
        let journal = try fixture.open()
        try await onThread { try fixture.call(journal, "r1") }
        #expect(journal.stop(reason: "test"))
        try Data(repeating: 0x55, count: 8192).write(to: URL(filePath: fixture.path))
        let index = try fixture.index()
        try index.update()
        #expect(try query(index).count == 1)
        var status = stat()
        #expect(stat(fixture.path, &status) == 0)
        #expect(status.st_mode & 0o077 == 0)
    }

    /// The records may have been read in another way then.
    @Test func anIndexOfAnotherVersionIsMadeAnew() async throws {
        let journal = try fixture.open()
        try await onThread { try fixture.call(journal, "r1") }
        #expect(journal.stop(reason: "test"))
        var index = try fixture.index()
        let count = try index.update()
        index.close()
        var bytes = try Data(contentsOf: URL(filePath: fixture.path))
        // `user_version` of the database header, big-endian.
        let last = 63
        #expect(bytes[last] == UInt8(IndexSchema.version) && IndexSchema.version > 2)
        bytes[last] = 2
        try bytes.write(to: URL(filePath: fixture.path))
        index = try fixture.index()
        #expect(try index.update() == count)
        #expect(try query(index).count == 1)
    }

    /// Longer or shorter, with more segments or fewer: nothing of the journal before is left, nor mixed with it.
    @Test(arguments: [(2, 60), (60, 2), (40, 40), (3, 0)])
    func anotherDirectoryReplacesTheRows(_ before: Int, _ after: Int) async throws {
        var other = try IndexFixture()
        other.moment += 7
        for (place, calls) in [(fixture, before), (other, after)] {
            let journal = try place.open()
            try await onThread { for number in 0..<calls { try place.call(journal, "r\(calls)-\(number)") } }
            #expect(journal.stop(reason: "test"))
            for _ in 1...2 {
                let index = try RecordIndex(path: fixture.path, directories: [place.directory])
                try index.update()
                let rows = try query(index)
                #expect(rows.count == calls && rows.allSatisfy { $0.time == place.moment })
                index.close()
            }
        }
    }

    /// A crash, or a power failure, has taken the end of what was read.
    @Test func aNewSegmentIsNoOtherJournal() async throws {
        let index = try fixture.index()
        for round in 0..<3 {
            let journal = try fixture.open()
            try await onThread { try fixture.call(journal, "r\(round)") }
            journal.abandon()
            #expect(try index.update() < 10)
        }
        #expect(try query(index).count == 3)
    }

    @Test func anotherJournalInTheSamePlaceReplacesTheRows() async throws {
        for calls in [3, 5] {
            try? FileManager.default.removeItem(atPath: fixture.directory)
            let journal = try fixture.open()
            try await onThread { for number in 0..<calls { try fixture.call(journal, "r\(calls)-\(number)") } }
            #expect(journal.stop(reason: "test"))
            let index = try fixture.index()
            try index.update()
            #expect(try query(index).count == calls)
        }
    }
}
