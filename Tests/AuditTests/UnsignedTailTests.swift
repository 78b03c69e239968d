// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

/// Records that no checkpoint vouches for, and journals without any.
struct UnsignedTailTests {
    /// A journal that signed nothing but its beginning and was killed behind one more record for each of these times,
    /// in seconds.
    private func killed(at seconds: [Int64]) async throws -> JournalFixture {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        try await onThread {
            for second in seconds {
                let time = moment + second * 1_000_000
                try journal.appendAndWait([JournalRecord(time: time, content: .stop(reason: "filler"))])
            }
        }
        journal.abandon()
        return fixture
    }

    @Test func whatACrashLeavesUnsignedIsSound() async throws {
        let fixture = try await killed(at: [0, 30])
        let found = try fixture.verify()
        #expect(found.firstBad == nil)
        #expect(found.covered < found.records)
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try !fixture.lines().contains { $0.contains(#""reason":"unsigned"#) })
    }

    /// Forward or back, by minutes or by years.
    @Test(arguments: [3600, -3600, 315_360_000] as [Int64])
    func aClockThatIsPutRightIsNoLongTail(_ step: Int64) async throws {
        let fixture = try await killed(at: [0, 3, step + 3, step + 4, step + 9])
        #expect(try fixture.verify().firstBad == nil)
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try !fixture.lines().contains { $0.contains(#""reason":"unsigned"#) })
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func aLongTailWithoutACheckpointIsFoundAndTold() async throws {
        let fixture = try await killed(at: Array(0...7).map { $0 * 50 })
        let bad = try fixture.verify().firstBad
        #expect(bad?.reason.hasPrefix("no checkpoint was signed for the last 8 records, 350 s") == true)
        #expect(try fixture.open().stop(reason: "test"))
        #expect(
            try fixture.lines().contains { $0.contains(#""kind":"recovered","reason":"unsigned: 8 records""#) })
        #expect(
            fixture.events.current.contains { event in
                guard case .needsAttention(let text) = event else { return false }
                return text.contains("No checkpoint was signed for the last 8 records")
            })
    }

    /// However fresh the last segment is.
    @Test func aStartFindsCheckpointsCutOffLongAgo() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.segmentBytes = 4096
        let journal = try fixture.open()
        try await onThread { for number in 0..<15 { try journal.call("r\(number)") } }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.recover().findings.isEmpty)
        let notes = String(decoding: try fixture.bytes("checkpoints"), as: UTF8.self).components(separatedBy: "\n")
        try fixture.write(Array((notes.prefix(6).joined(separator: "\n") + "\n").utf8), to: "checkpoints")
        #expect(try fixture.verify().firstBad?.reason == "no checkpoint was signed for its records")
        #expect(try fixture.recover().findings.map(\.reason).first?.hasPrefix("unsigned: ") == true)
        unlink(fixture.configuration.bookmarkPath)
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try fixture.lines().contains { $0.contains(#""kind":"recovered","reason":"unsigned: "#) })
    }

    @Test func countsAndTimesHaveBounds() {
        #expect(!UnsignedTail.isTooLong(records: UnsignedTail.maximumRecords, span: UnsignedTail.maximumSpan))
        #expect(UnsignedTail.isTooLong(records: UnsignedTail.maximumRecords + 1, span: 0))
        #expect(UnsignedTail.isTooLong(records: 2, span: UnsignedTail.maximumSpan + 1))
        var tail = UnsignedTail()
        #expect(tail.span == 0)
        tail.add(moment)
        tail.add(moment + 5)
        #expect(tail.records == 2)
        #expect(tail.span == 5)
        tail.add(nil)
        tail.add(moment + 5 + 3600 * 1_000_000)
        #expect(tail.records == 4)
        #expect(tail.span == 5 + UnsignedTail.maximumStep)
        tail.add(moment)
        tail.add(moment + 2)
        #expect(tail.span == 7 + UnsignedTail.maximumStep)
    }

    // MARK: No journal, or two

    private func removeRecords(_ fixture: JournalFixture) throws {
        let others = ["checkpoints", JournalBookmark.name]
        for name in try fixture.segments() + others { unlink(fixture.directory + "/" + name) }
    }

    @Test func nothingIsNoWholeJournal() async throws {
        let fixture = try await killed(at: [0, 0])
        try removeRecords(fixture)
        #expect {
            try fixture.verify()
        } throws: { error in
            guard case .directory(fixture.directory, let reason) = error as? JournalOpenError else { return false }
            return reason.contains("no segment and no checkpoint")
        }
    }

    @Test func aStartWithAKeyAndNoRecordsIsTold() async throws {
        let fixture = try await killed(at: [0, 0])
        #expect(try !fixture.lines().contains { $0.contains(#""reason":"no records""#) })
        try removeRecords(fixture)
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try fixture.lines().contains { $0.contains(#""kind":"recovered","reason":"no records""#) })
        #expect(
            fixture.events.current.contains { event in
                if case .needsAttention(let text) = event { text.contains("a new journal begins") } else { false }
            })
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func aSegmentThatIsThereTwiceIsAVerdict() async throws {
        let fixture = try await killed(at: [0, 0])
        let second = fixture.home.file("second")
        try FileManager.default.createDirectory(atPath: second, withIntermediateDirectories: false)
        let name = "audit-00000001.jsonl"
        try FileManager.default.copyItem(atPath: fixture.directory + "/" + name, toPath: second + "/" + name)
        let found = try fixture.verify([fixture.directory, second])
        #expect(found.firstBad?.segment == name)
        #expect(found.firstBad?.reason.hasPrefix("it is there twice") == true)
        #expect(found.json.hasPrefix(#"{"ok":false,"#))
    }

    @Test func aNewDirectoryHasADurableName() throws {
        let home = try TemporaryDirectory("audit")
        let disk = FaultyDisk()
        disk.faults.change { $0.failing = [.syncDirectory: EIO] }
        for _ in 0..<2 {
            #expect(throws: JournalOpenError.self) {
                try JournalDirectory(holding: home.file("journal"), on: disk)
            }
        }
        disk.faults.change { $0.failing = [:] }
        try JournalDirectory(holding: home.file("journal"), on: disk).release()
        #expect(disk.faults.current.made[.syncDirectory] == 3)
    }
}
