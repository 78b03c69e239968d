// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

/// What a start knows of where the journal ended, apart from the segments.
struct BookmarkTests {
    /// With a state directory, and a second one for segments.
    private func fixture() throws -> JournalFixture {
        var fixture = try JournalFixture()
        let state = fixture.home.file("state")
        try create(state)
        fixture.configuration.keyFile = state + "/audit.key"
        fixture.configuration.secondDirectory = fixture.home.file("second")
        return fixture
    }

    private func create(_ directory: String) throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    /// Killed while the second directory took the records.
    private func killedInTheSecond(_ fixture: JournalFixture) async throws {
        let disk = FaultyDisk()
        let journal = try fixture.open(disk: disk)
        try await onThread { try journal.call("before") }
        disk.faults.change { faults in
            faults.failing = [.create: EROFS, .write: EROFS]
            faults.only = fixture.directory
        }
        try await onThread { for number in 0..<3 { try journal.call("r\(number)") } }
        #expect(try fixture.segments(in: fixture.home.file("second")).count == 1)
        journal.abandon()
    }

    private func refusal(_ fixture: JournalFixture) throws -> String? {
        do throws(JournalOpenError) {
            let journal = try Journal.open(fixture.configuration)
            journal.stop(reason: "test")
            return nil
        } catch {
            return error.explanation
        }
    }

    @Test(arguments: [false, true])
    func aSecondDirectoryThatIsNotMountedIsRefused(_ hasEmptyPlace: Bool) async throws {
        let fixture = try fixture()
        try await killedInTheSecond(fixture)
        let (second, aside) = (fixture.home.file("second"), fixture.home.file("aside"))
        let before = try fixture.segments()
        #expect(rename(second, aside) == 0)
        if hasEmptyPlace { try create(second) }
        let refusal = try #require(try refusal(fixture))
        #expect(refusal.contains("\(second) cannot be used: it held a part of this journal"), "\(refusal)")
        #expect(try fixture.segments() == before, "nothing may be changed")
        #expect((access(second, F_OK) == 0) == hasEmptyPlace)
        rmdir(second)
        #expect(rename(aside, second) == 0)
        #expect(try self.refusal(fixture) == nil)
        let found = try fixture.verify()
        #expect(found.firstBad == nil)
        #expect(try fixture.reader().next(matching: request("r2")) != nil)
    }

    private func request(_ id: String) -> JournalQuery {
        var query = JournalQuery()
        query.requestID = id
        return query
    }

    @Test func aSecondDirectoryTakenOutOfTheConfigurationIsRefused() async throws {
        var fixture = try fixture()
        try await killedInTheSecond(fixture)
        fixture.configuration.secondDirectory = nil
        let refusal = try #require(try refusal(fixture))
        #expect(refusal.contains("second cannot be used: it holds a part of this journal (audit-00000002.jsonl)"))
        // Moved away, too, only the number of records is left to tell.
        #expect(rename(fixture.home.file("second"), fixture.home.file("aside")) == 0)
        #expect(try self.refusal(fixture)?.contains("a directory may not be mounted") == true)
        fixture.configuration.secondDirectory = fixture.home.file("other")
        #expect(try self.refusal(fixture)?.contains("a directory may not be mounted") == true)
    }

    @Test func anEmptiedJournalIsRefused() async throws {
        let fixture = try fixture()
        try await killedInTheSecond(fixture)
        for directory in fixture.directories {
            for name in try fixture.segments(in: directory) { unlink(directory + "/" + name) }
            unlink(directory + "/checkpoints")
        }
        #expect(try refusal(fixture)?.contains("are missing or unreadable") == true)
        try FileManager.default.removeItem(atPath: fixture.directory)
        #expect(try refusal(fixture)?.contains("it held a part of this journal") == true)
        #expect(access(fixture.directory, F_OK) != 0, "nothing may be changed")
        try Data().write(to: URL(filePath: fixture.directory))
        #expect(try refusal(fixture)?.contains("it is not a directory") == true)
    }

    @Test func newDirectoriesBeginANewJournal() async throws {
        var fixture = try fixture()
        try await killedInTheSecond(fixture)
        let former = fixture.directory
        fixture.configuration.directory = fixture.home.file("new")
        fixture.configuration.secondDirectory = nil
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try fixture.lines().contains { $0.contains(#""kind":"recovered","reason":"new directory""#) })
        let told = fixture.events.current.compactMap { event -> String? in
            if case .needsAttention(let text) = event { text } else { nil }
        }
        #expect(told.count == 1 && told[0].contains(former))
        // From now on it is this one that counts, though it has fewer records.
        #expect(try fixture.open().stop(reason: "test"))
        for name in try fixture.segments() { unlink(fixture.directory + "/" + name) }
        #expect(try refusal(fixture)?.contains("are missing or unreadable") == true)
    }

    /// What is noted before the first record, so that a crash does not leave the old number for the new journal.
    @Test func aNewJournalCutShortAtItsBeginningGoesOn() async throws {
        var fixture = try fixture()
        try await killedInTheSecond(fixture)
        let path = fixture.configuration.bookmarkPath
        let key = try CheckpointKey.read(fixture.configuration.keyPath).publicKey
        fixture.configuration.directory = fixture.home.file("new")
        fixture.configuration.secondDirectory = nil
        let disk = FaultyDisk()
        disk.faults.change { $0.failing = [.create: ENOSPC] }
        #expect(throws: JournalOpenError.self) { try fixture.open(disk: disk) }
        let noted = try #require(try JournalBookmark(at: path, verifyingWith: key).last)
        #expect(noted.checkpoint.size == 0 && noted.directories == [fixture.directory])
        #expect(try refusal(fixture) == nil)
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func checkpointsCutOffAreTold() async throws {
        let fixture = try fixture()
        for _ in 0..<3 { #expect(try fixture.open().stop(reason: "test")) }
        let notes = String(decoding: try fixture.bytes("checkpoints"), as: UTF8.self).components(separatedBy: "\n")
        try fixture.write(Array((notes.prefix(6).joined(separator: "\n") + "\n").utf8), to: "checkpoints")
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try fixture.lines().contains { $0.contains(#""kind":"recovered","reason":"missing checkpoints""#) })
        // Together with records it is no longer a finding.
        try fixture.write(Array((notes.prefix(6).joined(separator: "\n") + "\n").utf8), to: "checkpoints")
        for name in try fixture.segments().dropFirst() { unlink(fixture.directory + "/" + name) }
        #expect(try refusal(fixture)?.contains("a directory may not be mounted") == true)
    }

    @Test(arguments: [false, true])
    func aSecondDirectoryThatHeldNothingMayGo(_ isEmptied: Bool) async throws {
        let fixture = try fixture()
        let second = fixture.home.file("second")
        for _ in 0..<2 { #expect(try fixture.open().stop(reason: "test")) }
        #expect(try noted(fixture).last?.directories == [fixture.directory])
        try FileManager.default.removeItem(atPath: second)
        if isEmptied { try create(second) }
        #expect(try refusal(fixture) == nil)
        #expect(access(second + "/audit.pub", F_OK) == 0)
        #expect(fixture.events.current.allSatisfy { if case .needsAttention = $0 { false } else { true } })
        #expect(try fixture.verify().firstBad == nil)
    }

    private func noted(_ fixture: JournalFixture) throws -> JournalBookmark {
        let key = try CheckpointKey.read(fixture.configuration.keyPath).publicKey
        return try JournalBookmark(at: fixture.configuration.bookmarkPath, verifyingWith: key)
    }

    /// Though the end of the journal is in the first one again.
    @Test func aSegmentInTheMiddleIsMissed() async throws {
        var fixture = try fixture()
        try await killedInTheSecond(fixture)
        for _ in 0..<2 { #expect(try fixture.open().stop(reason: "test")) }
        let second = fixture.home.file("second")
        #expect(try noted(fixture).last?.directories == [fixture.directory, second])
        let before = try fixture.segments()
        fixture.configuration.secondDirectory = nil
        let refusal = try #require(try refusal(fixture))
        #expect(refusal.contains("\(second) cannot be used: it holds a part of this journal (audit-00000002.jsonl)"))
        #expect(try fixture.segments() == before, "nothing may be changed")
        // What the text advises.
        let name = "/audit-00000002.jsonl"
        #expect(rename(second + name, fixture.directory + name) == 0)
        #expect(try self.refusal(fixture) == nil)
        #expect(try fixture.verify().firstBad == nil)
        #expect(try noted(fixture).last?.directories == [fixture.directory])
    }

    @Test func whatWasRemovedIsNotNotedAnyMore() {
        var places = SegmentPlaces()
        for (number, path) in [(1, "/a"), (3, "/b"), (4, "/a")] as [(UInt64, String)] {
            places.add(number, at: path + "/" + SegmentName.file(number))
        }
        places.remove(before: 3)
        #expect(places.directories == ["/a", "/b"])
        places.remove(before: 4)
        #expect(places.directories == ["/a"])
    }

    // MARK: Other journals

    /// - Parameter count: of calls in the journal between, which has more records than the first or fewer.
    @Test(arguments: [0, 40]) func goingBackToAnotherJournalIsRefusedAsWhatItIs(_ count: Int) async throws {
        var fixture = try fixture()
        fixture.configuration.secondDirectory = nil
        let (former, other) = (fixture.directory, fixture.home.file("other"))
        for directory in [former, other] {
            fixture.configuration.directory = directory
            let journal = try fixture.open()
            let calls = directory == former ? 10 : count
            try await onThread { for number in 0..<calls { try journal.call("r\(number)") } }
            #expect(journal.stop(reason: "test"))
        }
        fixture.configuration.directory = former
        let before = try fixture.segments()
        let refusal = try #require(try refusal(fixture))
        let path = fixture.configuration.bookmarkPath
        #expect(refusal.contains("\(former) cannot be used: it holds another journal than the last one"), "\(refusal)")
        #expect(refusal.contains(" records in \(other). Name that directory again"), "\(refusal)")
        #expect(try fixture.segments() == before, "nothing may be changed")
        #expect(try fixture.verify().firstBad == nil)
        // Both ways that the text tells.
        fixture.configuration.directory = other
        #expect(try self.refusal(fixture) == nil)
        fixture.configuration.directory = former
        #expect(rename(path, path + ".aside") == 0)
        #expect(try self.refusal(fixture) == nil)
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test(arguments: [false, true]) func aJournalMovedAsAWholeGoesOn(_ isKilled: Bool) async throws {
        var fixture = try fixture()
        fixture.configuration.secondDirectory = nil
        #expect(try fixture.open().stop(reason: "test"))
        let journal = try fixture.open()
        try await onThread { for number in 0..<5 { try journal.call("r\(number)") } }
        if isKilled { journal.abandon() } else { #expect(journal.stop(reason: "test")) }
        let former = fixture.directory
        fixture.configuration.directory = fixture.home.file("moved")
        #expect(rename(former, fixture.directory) == 0)
        let last = fixture.directory + "/" + (try #require(try fixture.segments().last))
        let whole = try Data(contentsOf: URL(filePath: last))
        unlink(last)
        #expect(try refusal(fixture)?.contains("or one that has lost its end") == true)
        try whole.write(to: URL(filePath: last))
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
        #expect(fixture.events.current.allSatisfy { if case .needsAttention = $0 { false } else { true } })
        #expect(try noted(fixture).directories == [fixture.directory])
    }

    // MARK: Paths

    /// Its state directory stands at another path, with the journal in it or without.
    @Test func aDirectoryBelowTheNoteMovesAlong() throws {
        var fixture = try fixture()
        fixture.configuration.secondDirectory = nil
        fixture.configuration.directory = fixture.home.file("state/audit")
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try noted(fixture).last?.directories == ["audit"])
        #expect(rename(fixture.home.file("state"), fixture.home.file("elsewhere")) == 0)
        fixture.configuration.keyFile = fixture.home.file("elsewhere/audit.key")
        fixture.configuration.directory = fixture.home.file("elsewhere/audit")
        #expect(rename(fixture.directory, fixture.home.file("aside")) == 0)
        #expect(try refusal(fixture)?.contains("\(fixture.directory) cannot be used: it held a part") == true)
        #expect(access(fixture.directory, F_OK) != 0, "nothing may be changed")
        #expect(rename(fixture.home.file("aside"), fixture.directory) == 0)
        #expect(try refusal(fixture) == nil)
    }

    @Test func anotherNameIsNoOtherDirectory() throws {
        var fixture = try fixture()
        fixture.configuration.secondDirectory = nil
        #expect(try fixture.open().stop(reason: "test"))
        let (directory, link) = (fixture.directory, fixture.home.file("link"))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: directory)
        for name in try fixture.segments() { unlink(directory + "/" + name) }
        fixture.configuration.directory = link
        #expect(try refusal(fixture)?.contains("are missing or unreadable") == true)
        try FileManager.default.removeItem(atPath: directory)
        try create(directory)
        #expect(try refusal(fixture)?.contains("\(link) cannot be used: it held a part") == true)
    }

    // MARK: The file

    private let key = CheckpointKey.random()

    private func write(_ size: UInt64, to bookmark: inout JournalBookmark) throws {
        try bookmark.write(
            Checkpoint(origin: key.publicKey.name, size: size, root: .zero), in: ["/a \"b\"", "/c"], signedBy: key)
    }

    @Test func theLatestOfTwoIsRead() throws {
        let home = try TemporaryDirectory("audit")
        var bookmark = try JournalBookmark(at: home.file("last"), verifyingWith: key.publicKey)
        #expect(bookmark.last == nil)
        for size in [5, 9, 20, 3] as [UInt64] {
            try write(size, to: &bookmark)
            let read = try JournalBookmark(at: home.file("last"), verifyingWith: key.publicKey)
            #expect(read.last == bookmark.last)
            #expect(read.last?.checkpoint.size == size)
            #expect(read.last?.directories == ["/a \"b\"", "/c"])
        }
        #expect(try JournalBookmark(at: home.file("last"), verifyingWith: CheckpointKey.random().publicKey).last == nil)
    }

    /// As a crash in the middle of it leaves it.
    @Test func aHalfWrittenOneLeavesTheOneBefore() throws {
        let home = try TemporaryDirectory("audit")
        var bookmark = try JournalBookmark(at: home.file("last"), verifyingWith: key.publicKey)
        try write(5, to: &bookmark)
        let before = try Data(contentsOf: URL(filePath: home.file("last")))
        try write(9, to: &bookmark)
        let after = try Data(contentsOf: URL(filePath: home.file("last")))
        #expect(before.count == after.count, "no room is needed once it is there")
        let slot = before.count / 2
        let whole = after[slot...].prefix { $0 != 0 }.count
        for length in stride(from: 0, to: whole, by: 23) {
            let torn = before.prefix(slot) + after[slot..<(slot + length)] + before[(slot + length)...]
            try torn.write(to: URL(filePath: home.file("last")))
            let read = try JournalBookmark(at: home.file("last"), verifyingWith: key.publicKey)
            #expect(read.last?.checkpoint.size == 5 && !read.isUnreadable)
        }
    }

    @Test func aDamagedOneIsTold() async throws {
        let fixture = try fixture()
        #expect(try fixture.open().stop(reason: "test"))
        let path = fixture.home.file("state/audit.last")
        var bytes = try Data(contentsOf: URL(filePath: path))
        for index in bytes.indices where bytes[index] == UInt8(ascii: "[") { bytes[index] = UInt8(ascii: "{") }
        try bytes.write(to: URL(filePath: path))
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try fixture.lines().contains { $0.contains(#""reason":"unreadable audit.last""#) })
        let recovered = try JournalBookmark(
            at: path, verifyingWith: try CheckpointKey.read(fixture.home.file("state/audit.key")).publicKey)
        #expect(recovered.last != nil && !recovered.isUnreadable)
    }
}
