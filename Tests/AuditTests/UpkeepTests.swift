// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

/// Removal and compression of complete segments.
struct UpkeepTests {
    private static let second: Int64 = 1_000_000

    /// A journal that is still open, whose segments each begin a second later than the one before.
    private func journal(_ fixture: inout JournalFixture) async throws -> (Journal, Watched<Int64>) {
        fixture.configuration.segmentBytes = 4096
        let clock = Watched(moment)
        let journal = try Journal.open(fixture.configuration, clock: { clock.current })
        try await onThread {
            for number in 0..<20 {
                clock.change { $0 += Self.second }
                for content in [JournalRecord.Content.intent(intent("r\(number)")), .outcome(outcome("r\(number)"))] {
                    try journal.appendAndWait([JournalRecord(time: clock.current, content: content)])
                }
            }
        }
        return (journal, clock)
    }

    private func upkeep(
        _ journal: Journal, _ clock: Watched<Int64>, keeping seconds: Int?, compresses: Bool = false
    ) async throws -> JournalUpkeepReport {
        var upkeep = JournalUpkeep(retention: seconds.map { .seconds($0) })
        upkeep.compresses = compresses
        let wanted = upkeep
        return try await onThread { try journal.upkeep(wanted, now: clock.current) }
    }

    private func names(_ fixture: JournalFixture) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixture.directory).filter { $0.contains(".jsonl") }.sorted()
    }

    @Test func oldSegmentsGoAndTheRestStillVerifies() async throws {
        var fixture = try JournalFixture()
        let (journal, clock) = try await journal(&fixture)
        let before = try names(fixture)
        let report = try await upkeep(journal, clock, keeping: 8)
        #expect(report.removedSegments > 1)
        #expect(try names(fixture) == Array(before.dropFirst(report.removedSegments)))
        #expect(try await upkeep(journal, clock, keeping: 8).removedSegments == 0)
        #expect(journal.stop(reason: "test"))
        let found = try fixture.verify()
        #expect(found.firstBad == nil)
        #expect(found.removed > 0)
        #expect(found.records + found.removed == found.covered)
        let reader = try fixture.reader()
        #expect(reader.removed == found.removed)
        #expect(try reader.next()?.sequence == found.removed + 1)
        #expect(
            try fixture.lines().contains { $0.contains(#""action":"retain","object":"journal","name":"segments 1 to"#) }
        )
        // Nothing younger than the limit has gone.
        let oldest = try #require(try fixture.reader().next())
        #expect(oldest.time <= clock.current - 8 * Self.second)
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func aSecondRemovalSpeaksForTheFirst() async throws {
        var fixture = try JournalFixture()
        let (journal, clock) = try await journal(&fixture)
        let first = try await upkeep(journal, clock, keeping: 12)
        let second = try await upkeep(journal, clock, keeping: 5)
        #expect(first.removedSegments > 0 && second.removedSegments > 0)
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func aClockThatWentBackRemovesNothing() async throws {
        var fixture = try JournalFixture()
        let (journal, clock) = try await journal(&fixture)
        clock.change { $0 = moment }
        #expect(try await upkeep(journal, clock, keeping: 0).removedSegments == 0)
        #expect(journal.stop(reason: "test"))
    }

    /// As when a machine starts in 1970 and learns the time a little later.
    @Test func aClockThatWasBackForAWhileRemovesNothingYoung() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.segmentBytes = 4096
        let clock = Watched(moment)
        let journal = try Journal.open(fixture.configuration, clock: { clock.current })
        try await fill(journal, fixture, clock, segments: 1)
        clock.change { $0 -= 365 * 24 * 3600 * Self.second }
        try await fill(journal, fixture, clock, segments: 2)
        clock.change { $0 = moment + Self.second }
        try await fill(journal, fixture, clock, segments: 3)
        #expect(try await upkeep(journal, clock, keeping: 3600).removedSegments == 0)
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func aClockPutForwardDoesNotEmptyTheJournal() async throws {
        var fixture = try JournalFixture()
        let (journal, clock) = try await journal(&fixture)
        try await fill(journal, fixture, clock, segments: 14)
        clock.change { $0 += 365 * 24 * 3600 * Self.second }
        let tooFar = try await upkeep(journal, clock, keeping: 3600).removedSegments
        #expect(tooFar == 0, "further ahead than a segment gets old")
        // Two segments with the new time, and those that saying what was removed may begin.
        try await fill(journal, fixture, clock, segments: 16)
        let first = try await upkeep(journal, clock, keeping: 3600).removedSegments
        #expect(first > 0 && first <= 3)
        for _ in 0..<2 {
            let next = try await upkeep(journal, clock, keeping: 3600).removedSegments
            #expect(next > 0 && next <= 2)
        }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    /// What it has recorded before gets old, too.
    @Test func anIdleJournalEndsItsSegmentOnce() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.segmentAge = .milliseconds(100)
        let clock = Watched(moment)
        let journal = try Journal.open(fixture.configuration, clock: { clock.current })
        try await onThread { try journal.call("r1") }
        clock.change { $0 += 100 * Self.second }
        try await journal.wait(for: "an empty segment") { status in
            (status.segment ?? 0) > 1 && status.durableSequence == status.sequence
        }
        // Nothing but its header is in it, which is no reason for another.
        let (segment, sequence) = (journal.status.segment, journal.status.sequence)
        try await Task.sleep(for: .milliseconds(300))
        #expect(journal.status.segment == segment && journal.status.sequence == sequence)
        clock.change { $0 += 100 * Self.second }
        let report = try await upkeep(journal, clock, keeping: 50)
        #expect(report.removedSegments > 0)
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    /// The other directory, say, has no room for it.
    @Test func aSegmentThatCannotBeCompressedStopsNoOther() async throws {
        var fixture = try JournalFixture()
        let (journal, clock) = try await journal(&fixture)
        let before = try names(fixture)
        let blocked = fixture.directory + "/" + before[0] + ".gz.part"
        try FileManager.default.createDirectory(atPath: blocked, withIntermediateDirectories: false)
        await #expect {
            _ = try await upkeep(journal, clock, keeping: nil, compresses: true)
        } throws: { error in
            guard case .io(blocked, _) = error as? JournalOpenError else { return false }
            return true
        }
        let plain = try names(fixture).filter { $0.hasSuffix(".jsonl") }
        #expect(plain == [before[0], before[before.count - 1]])
        rmdir(blocked)
        #expect(try await upkeep(journal, clock, keeping: nil, compresses: true).compressedSegments == 1)
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    private func fill(
        _ journal: Journal, _ fixture: JournalFixture, _ clock: Watched<Int64>, segments: Int
    ) async throws {
        while try names(fixture).count < segments {
            _ = try await onThread {
                try journal.appendAndWait([JournalRecord(time: clock.current, content: .stop(reason: "filler"))])
            }
        }
    }

    @Test func theSpaceBehindAFailedSegmentIsGivenBack() async throws {
        let fixture = try JournalFixture()
        let disk = FaultyDisk()
        let journal = try fixture.open(disk: disk)
        let path = fixture.directory + "/audit-00000001.jsonl"
        disk.faults.change { faults in
            faults.failing[.syncData] = EIO
            faults.only = path
        }
        try await onThread { try journal.call("r1") }
        let (before, bytes) = (blocks(path), try fixture.bytes("audit-00000001.jsonl"))
        var upkeep = JournalUpkeep()
        upkeep.compresses = false
        let wanted = upkeep
        _ = try await onThread { try journal.upkeep(wanted, now: moment) }
        let reserved = fixture.configuration.outcomeReserve
        #expect(before < reserved || blocks(path) < reserved)
        #expect(try fixture.bytes("audit-00000001.jsonl") == bytes)
        #expect(journal.stop(reason: "test"))
    }

    /// What a file takes up on the disk, in bytes.
    private func blocks(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_blocks) * 512 : -1
    }

    enum Removal: CaseIterable {
        case withoutTombstone, forgedTombstone, otherKey, olderTombstone, oneMore
    }

    @Test(arguments: Removal.allCases)
    func onlyTheGatewayMayRemove(_ removal: Removal) async throws {
        var fixture = try JournalFixture()
        let (journal, clock) = try await journal(&fixture)
        _ = try await upkeep(journal, clock, keeping: 12)
        let older = try fixture.bytes("tombstone")
        _ = try await upkeep(journal, clock, keeping: 8)
        #expect(journal.stop(reason: "test"))
        let path = fixture.directory + "/tombstone"
        let note = try String(contentsOfFile: path, encoding: .utf8)
        switch removal {
        case .withoutTombstone: unlink(path)
        case .forgedTombstone:
            try fixture.write(Array(note.replacing("removed\n", with: "removed\n1").utf8), to: "tombstone")
        case .otherKey:
            let key = try #require(
                CheckpointPublicKey(try String(contentsOfFile: fixture.directory + "/audit.pub", encoding: .utf8)))
            let known = try #require(Tombstone(note: note, verifyingWith: key))
            try fixture.write(Array(try known.note(signedBy: .random()).utf8), to: "tombstone")
        case .olderTombstone: try fixture.write(older, to: "tombstone")
        case .oneMore: unlink(fixture.directory + "/" + (try names(fixture)[0]))
        }
        let bad = try fixture.verify().firstBad
        #expect(bad?.reason == "the segment is missing", "\(String(describing: bad))")
    }

    @Test func aRemovalCutShortIsFinishedLater() async throws {
        var fixture = try JournalFixture()
        let (journal, clock) = try await journal(&fixture)
        let name = try names(fixture)[1]
        let bytes = try fixture.bytes(name)
        let report = try await upkeep(journal, clock, keeping: 8)
        #expect(report.removedSegments >= 2)
        try fixture.write(bytes, to: name)
        #expect(try fixture.verify().firstBad == nil)
        _ = try await upkeep(journal, clock, keeping: 8)
        #expect(try !names(fixture).contains(name))
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func checkpointsOfWhatIsGoneGo() async throws {
        var fixture = try JournalFixture()
        let copies = fixture.home.file("copies")
        try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: false)
        fixture.configuration.checkpointCopies = copies
        let (journal, clock) = try await journal(&fixture)
        try await journal.wait(for: "checkpoints") { $0.checkpointed > 30 }
        let before = try fixture.bytes("checkpoints").count
        _ = try await upkeep(journal, clock, keeping: 8)
        #expect(try fixture.bytes("checkpoints").count < before)
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify(copies: [copies + "/checkpoints"]).firstBad == nil)
        #expect(try fixture.open().stop(reason: "test"))
    }

    // MARK: Compression

    @Test func compressedSegmentsAreReadLikeOthers() async throws {
        var fixture = try JournalFixture()
        let (journal, clock) = try await journal(&fixture)
        let lines = try fixture.lines()
        let report = try await upkeep(journal, clock, keeping: nil, compresses: true)
        #expect(report.compressedSegments == (try names(fixture).count) - 1)
        #expect(try fixture.segments().count == 1)
        #expect(try fixture.verify().firstBad == nil)
        let reader = try fixture.reader()
        for line in lines { #expect(try reader.next()?.text == line) }
        let middle = JournalPosition(
            segment: 2, offset: try #require(try fixture.reader().offset(ofSegment: 2, line: 3)), sequence: 0)
        #expect(try fixture.reader(from: middle).next()?.facts.requestID != nil)
        #expect(try await upkeep(journal, clock, keeping: 8, compresses: true).removedSegments > 1)
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func damageToACompressedSegmentIsFound() async throws {
        var fixture = try JournalFixture()
        let (journal, clock) = try await journal(&fixture)
        _ = try await upkeep(journal, clock, keeping: nil, compresses: true)
        #expect(journal.stop(reason: "test"))
        let name = try names(fixture)[1]
        let bytes = try fixture.bytes(name)
        // In its last byte before sums and lengths, RFC 1951 leaves some bits without a meaning.
        for index in stride(from: 20, to: bytes.count, by: 41) where index != bytes.count - 9 {
            var changed = bytes
            changed[index] ^= 0x10
            try fixture.write(changed, to: name)
            let bad = try fixture.verify().firstBad
            #expect(bad?.segment == name.replacing(".gz", with: ""), "byte \(index)")
        }
        try fixture.write(Array(bytes.dropLast(9)), to: name)
        #expect(try fixture.verify().isOK == false)
    }

    /// What another program that unpacks it would read.
    @Test(arguments: [false, true]) func whatStandsBehindTheRecordsIsFound(_ isMember: Bool) async throws {
        var fixture = try JournalFixture()
        let (journal, clock) = try await journal(&fixture)
        let first = try names(fixture)[0]
        let lines = try fixture.bytes(first)
        _ = try await upkeep(journal, clock, keeping: nil, compresses: true)
        #expect(journal.stop(reason: "test"))
        let inserted = fixture.home.file("inserted")
        try Data(lines.prefix { $0 != 0x0A } + [0x0A]).write(to: URL(filePath: inserted))
        try SegmentCompression(path: inserted, disk: POSIXDisk()).run()
        let behind = isMember ? Array(try Data(contentsOf: URL(filePath: inserted + ".gz"))) : [0]
        for name in try names(fixture).filter({ $0.hasSuffix(".gz") }) {
            let bytes = try fixture.bytes(name)
            try fixture.write(bytes + behind, to: name)
            let bad = try fixture.verify().firstBad
            #expect(bad?.segment == name.replacing(".gz", with: ""))
            #expect(bad?.reason == "something stands behind the compressed records")
            #expect(throws: JournalOpenError.self) {
                let reader = try fixture.reader()
                while try reader.next() != nil {}
            }
            try fixture.write(bytes, to: name)
        }
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func anotherCompressedFileBesideASegmentIsFound() async throws {
        var fixture = try JournalFixture()
        let (journal, _) = try await journal(&fixture)
        #expect(journal.stop(reason: "test"))
        let name = try names(fixture)[1]
        let plain = try fixture.bytes(name)
        let forged = String(decoding: plain, as: UTF8.self).replacing("billing", with: "mallory")
        for content in [Array(forged.utf8), plain.dropLast(), plain + plain.suffix(9)] {
            try fixture.write(content, to: name)
            try SegmentCompression(path: fixture.directory + "/" + name, disk: POSIXDisk()).run()
            try fixture.write(plain, to: name)
            let bad = try fixture.verify().firstBad
            #expect(bad?.segment == name && bad?.reason == "a compressed file that is not the same stands beside it")
        }
        for content in [[1, 2, 3], []] as [[UInt8]] {
            try fixture.write(content, to: name + ".gz")
            #expect(try fixture.verify().firstBad?.segment == name)
        }
    }

    @Test func aCompressionCutShortDoesNoHarm() async throws {
        var fixture = try JournalFixture()
        let (journal, clock) = try await journal(&fixture)
        let name = try names(fixture)[1]
        try fixture.write([1, 2, 3], to: name + ".gz.part")
        #expect(try fixture.verify().firstBad == nil)
        // Ended between its last two steps.
        let plain = try fixture.bytes(name)
        try SegmentCompression(path: fixture.directory + "/" + name, disk: POSIXDisk()).run()
        try fixture.write(plain, to: name)
        #expect(try fixture.verify().firstBad == nil)
        _ = try await upkeep(journal, clock, keeping: nil, compresses: true)
        #expect(try fixture.verify().firstBad == nil)
        #expect(try !names(fixture).contains { $0.hasSuffix(".part") })
        #expect(journal.stop(reason: "test"))
    }
}

extension JournalReader {
    /// Where a line begins, counted from 1.
    fileprivate func offset(ofSegment segment: UInt64, line: Int) throws -> Int? {
        var seen = 0
        while try next() != nil {
            guard position?.segment == segment else { continue }
            seen += 1
            if seen == line - 1 { return position?.offset }
        }
        return nil
    }
}
