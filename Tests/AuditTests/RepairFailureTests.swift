// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

/// What puts a journal right or away, with each of its system calls failing in turn: nothing is lost, and the next
/// attempt does what is left.
struct RepairFailureTests {
    private let disk = FaultyDisk()

    private func torn() async throws -> JournalFixture {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        try await onThread { try journal.call("r1") }
        journal.abandon()
        let name = "audit-00000001.jsonl"
        try fixture.write(try fixture.bytes(name) + Array(#"{"v":1,"seq":"#.utf8), to: name)
        return fixture
    }

    private func tornFiles(_ fixture: JournalFixture) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixture.directory).filter { $0.contains(".torn") }
    }

    @Test(arguments: [FaultyDisk.Call.create, .write, .syncData, .syncDirectory, .truncate])
    func aRepairThatFailsCanBeMadeAgain(_ call: FaultyDisk.Call) async throws {
        let fixture = try await torn()
        let before = try fixture.bytes("audit-00000001.jsonl")
        disk.faults.change { $0.failing = [call: EIO] }
        #expect {
            try fixture.open(disk: disk)
        } throws: { error in
            guard case .io(_, let reason)? = error as? JournalOpenError else { return false }
            return reason.contains("could not be repaired") && reason.contains(call.rawValue)
        }
        #expect(try fixture.bytes("audit-00000001.jsonl") == before, "nothing was cut off")
        #expect(try fixture.segments().count == 1)
        disk.faults.change { $0.failing = [:] }
        #expect(try fixture.open(disk: disk).stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
        #expect(try !tornFiles(fixture).isEmpty)
        #expect(try fixture.lines().contains { $0.contains(#""kind":"recovered","reason":"crash""#) })
    }

    // MARK: Upkeep

    private func old(_ fixture: inout JournalFixture) async throws -> Journal {
        fixture.configuration.segmentBytes = 4096
        let journal = try fixture.open(disk: disk)
        try await onThread { for number in 0..<20 { try journal.call("r\(number)") } }
        return journal
    }

    private func names(_ fixture: JournalFixture) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixture.directory).filter { !$0.hasPrefix("checkpoint") }
            .sorted()
    }

    @Test(arguments: [FaultyDisk.Call.create, .write, .syncData, .rename, .syncDirectory])
    func aCompressionThatFailsLeavesTheSegment(_ call: FaultyDisk.Call) async throws {
        var fixture = try JournalFixture()
        let journal = try await old(&fixture)
        let before = try names(fixture)
        disk.faults.change { faults in
            faults.failing = [call: EIO]
            // Its own file; the directory only where that is synced.
            faults.only = call == .syncDirectory ? "" : fixture.directory + "/audit-00000001.jsonl.gz"
        }
        let failed = try await onThread { Result { try journal.upkeep(JournalUpkeep(), now: moment) } }
        #expect(throws: JournalOpenError.self) { try failed.get() }
        #expect(try names(fixture).contains("audit-00000001.jsonl"))
        #expect(try !names(fixture).contains { $0.hasSuffix(".part") })
        disk.faults.change { $0.failing = [:] }
        _ = try await onThread { try journal.upkeep(JournalUpkeep(), now: moment) }
        #expect(try names(fixture).filter { $0.hasSuffix(".jsonl") }.count == 1)
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
        #expect(try names(fixture).count >= before.count)
    }

    @Test(arguments: [FaultyDisk.Call.create, .write, .syncData, .rename])
    func withoutATombstoneNothingIsRemoved(_ call: FaultyDisk.Call) async throws {
        var fixture = try JournalFixture()
        let journal = try await old(&fixture)
        let before = try fixture.segments()
        var upkeep = JournalUpkeep(retention: .seconds(1))
        upkeep.compresses = false
        let (wanted, later) = (upkeep, moment + 3600 * 1_000_000)
        disk.faults.change { faults in
            faults.failing = [call: EIO]
            faults.only = fixture.directory + "/tombstone"
        }
        let failed = try await onThread { Result { try journal.upkeep(wanted, now: later) } }
        #expect(throws: JournalOpenError.self) { try failed.get() }
        #expect(try fixture.segments().starts(with: before), "not one is gone")
        disk.faults.change { $0.failing = [:] }
        // What a pass that failed did not use of its allowance is lost to it; one is always allowed.
        #expect(try await onThread { try journal.upkeep(wanted, now: later) }.removedSegments >= 1)
        #expect(journal.stop(reason: "test"))
        let found = try fixture.verify()
        #expect(found.firstBad == nil && found.removed > 0)
    }
}
