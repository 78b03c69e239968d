// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

/// A directory that changes while the journal is open.
struct DirectoryTests {
    private func rotate(_ journal: Journal) async throws {
        let before = journal.status.segment
        try await onThread {
            while journal.status.segment == before, journal.status.health == .available {
                _ = try? journal.append([record(.stop(reason: "filler"))])
                usleep(100)
            }
        }
    }

    private func fixture() throws -> JournalFixture {
        var fixture = try JournalFixture()
        fixture.configuration.segmentBytes = 4096
        fixture.configuration.keyFile = fixture.home.file("audit.key")
        return fixture
    }

    /// As when a file system is mounted over it, or goes away.
    @Test func anotherDirectoryInItsPlaceIsNotWrittenTo() async throws {
        let fixture = try fixture()
        let journal = try fixture.open()
        let aside = fixture.home.file("aside")
        try await onThread { try journal.call("r1") }
        #expect(rename(fixture.directory, aside) == 0)
        #expect(mkdir(fixture.directory, 0o777) == 0)
        try await journal.wait(for: "a refusal") { $0.health.problem?.path == fixture.directory }
        #expect(journal.status.health.problem?.kind == .altered)
        #expect(journal.status.health.problem?.reason.hasPrefix("it is another directory") == true)
        #expect(throws: JournalError.self) { try journal.append([record(.intent(intent("r2")))]) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.directory).isEmpty)
        #expect(rmdir(fixture.directory) == 0 && rename(aside, fixture.directory) == 0)
        try await journal.wait(for: "recovery") { $0.health == .available }
        try await onThread { try journal.call("r3") }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func theSecondDirectoryTakesOverFromAnotherInThePlaceOfTheFirst() async throws {
        var fixture = try fixture()
        fixture.configuration.secondDirectory = fixture.home.file("second")
        let journal = try fixture.open()
        let aside = fixture.home.file("aside")
        #expect(rename(fixture.directory, aside) == 0)
        #expect(mkdir(fixture.directory, 0o700) == 0)
        try await journal.wait(for: "the second") { $0.fallback?.kind == .altered && $0.health == .available }
        try await onThread { try journal.call("r1") }
        #expect(rmdir(fixture.directory) == 0 && rename(aside, fixture.directory) == 0)
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func aDirectoryThatOthersMayWriteToGetsNoNewSegment() async throws {
        let fixture = try fixture()
        let journal = try fixture.open()
        #expect(chmod(fixture.directory, 0o777) == 0)
        try await rotate(journal)
        #expect(journal.status.health.problem?.reason.contains("others may write to it") == true)
        #expect(chmod(fixture.directory, 0o700) == 0)
        try await journal.wait(for: "recovery") { $0.health == .available }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func aLockThatWasDeletedIsTakenAgain() async throws {
        let fixture = try fixture()
        let journal = try fixture.open()
        unlink(fixture.directory + "/audit.lock")
        try await rotate(journal)
        #expect(journal.status.health == .available)
        #expect { try fixture.open() } throws: { error in
            if case .inUse = error as? JournalOpenError { true } else { false }
        }
        // Unless somebody else has it.
        unlink(fixture.directory + "/audit.lock")
        let other = try JournalDirectory(holding: fixture.directory)
        try await rotate(journal)
        #expect(journal.status.health.problem?.reason.contains("another gateway writes to this journal") == true)
        other.release()
        try await journal.wait(for: "recovery") { $0.health == .available }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }
}
