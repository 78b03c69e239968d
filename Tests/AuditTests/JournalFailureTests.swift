// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

struct JournalFailureTests {
    private let disk = FaultyDisk()

    private func refused(_ journal: Journal, _ content: JournalRecord.Content) async throws -> JournalProblem? {
        try await onThread {
            do throws(JournalError) {
                _ = try journal.appendAndWait([record(content)])
                return nil
            } catch {
                guard case .unavailable(let problem) = error else { return nil }
                return problem
            }
        }
    }

    @Test(arguments: [FaultyDisk.Call.syncData, .write, .shortWrite])
    func whatWasNotAcknowledgedGoesToANewSegment(_ call: FaultyDisk.Call) async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open(disk: disk)
        try await onThread { try journal.call("before") }
        disk.faults.change { faults in
            faults.failing[call] = EIO
            faults.only = fixture.directory + "/audit-00000001"
        }
        try await onThread { for number in 0..<20 { try journal.call("r\(number)") } }
        #expect(journal.status.counts.failedSegments == 1)
        #expect(journal.status.health == .available)
        #expect(journal.stop(reason: "test"))
        let found = try fixture.verify()
        #expect(found.firstBad == nil)
        #expect(found.segments == 2)
        #expect(try fixture.lines().contains { $0.contains(#""failed":{"segment":1,"#) })
        #expect(try fixture.open().stop(reason: "test"))
    }

    @Test(arguments: [(FaultyDisk.Call.create, EROFS), (.reserve, ENOSPC), (.syncDirectory, EIO), (.write, ENOSPC)])
    func theSecondDirectoryTakesOver(_ call: FaultyDisk.Call, _ code: CInt) async throws {
        var fixture = try JournalFixture()
        let second = fixture.home.file("second")
        fixture.configuration.secondDirectory = second
        let journal = try fixture.open(disk: disk)
        let first = fixture.directory
        disk.faults.change { faults in
            faults.failing = [.syncData: EIO, call: code]
            faults.only = first
        }
        try await onThread { try journal.call("r1") }
        #expect(try fixture.segments(in: second).count == 1)
        let fallback = try #require(journal.status.fallback)
        #expect(fallback.path == first && fallback.reason.hasSuffix(String(cString: strerror(code))))
        #expect(journal.status.counts.fallbackSegments == 1)
        let refusals = fixture.events.current.compactMap { event -> JournalProblem? in
            if case .directoryRefused(let problem) = event { problem } else { nil }
        }
        #expect(refusals == [fallback])
        disk.faults.change { $0.failing = [:] }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func aFileThatCannotBeRemovedUsesUpItsNumber() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.secondDirectory = fixture.home.file("second")
        let journal = try fixture.open(disk: disk)
        let first = fixture.directory
        disk.faults.change { faults in
            faults.failing = [.syncData: EIO, .remove: EIO]
            faults.only = first
        }
        try await onThread { try journal.call("r1") }
        disk.faults.change { $0.failing = [:] }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.segments() == ["audit-00000001.jsonl", "audit-00000002.jsonl"])
        #expect(try fixture.segments(in: fixture.directories[1]) == ["audit-00000003.jsonl"])
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func nothingIsAcknowledgedWhileNoDirectoryWorks() async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open(disk: disk)
        _ = try await onThread { try journal.appendAndWait([record(.intent(intent("r1")))]) }
        disk.faults.change { $0.failing = [.syncData: EIO, .create: EIO] }
        let problem = try await refused(journal, .intent(intent("r2")))
        #expect(problem?.path.hasPrefix(fixture.directory) == true)
        #expect(problem?.kind == .failed)
        #expect(try await refused(journal, .intent(intent("r3"))) != nil)
        // The answer is withheld, the outcome kept.
        #expect(try await refused(journal, .outcome(outcome("r1"))) != nil)
        disk.faults.change { $0.failing = [:] }
        try await journal.wait(for: "recovery") { $0.health == .available && $0.durableSequence == $0.sequence }
        #expect(journal.stop(reason: "test"))
        let lines = try fixture.lines()
        #expect(!lines.contains { $0.contains(#""request_id":"r3""#) })
        #expect(lines.contains { $0.contains(#""kind":"outcome","request_id":"r1","result":"answered""#) })
        #expect(lines.contains { $0.contains(#""kind":"recovered","reason":"audit-unavailable: failed""#) })
        let found = try fixture.verify()
        #expect(found.firstBad == nil)
        #expect(found.openIntents == 0)
    }

    @Test(arguments: [FaultyDisk.Call.create, .reserve])
    func outcomesHaveSpaceWhenTheDiskIsFull(_ call: FaultyDisk.Call) async throws {
        var fixture = try JournalFixture()
        fixture.configuration.segmentBytes = 8 * 1024
        let journal = try fixture.open(disk: disk)
        for number in 0..<12 {
            _ = try await onThread { try journal.appendAndWait([record(.intent(intent("r\(number)")))]) }
        }
        disk.faults.change { $0.failing[call] = ENOSPC }
        var problem: JournalProblem?
        for number in 0..<30 where problem == nil {
            problem = try await refused(journal, .intent(intent("n\(number)")))
        }
        #expect(problem?.kind == .full)
        try await onThread {
            for number in 0..<12 { try journal.appendAndWait([record(.outcome(outcome("r\(number)")))]) }
        }
        #expect(journal.status.segment == 1)
        disk.faults.change { $0.failing = [:] }
        try await journal.wait(for: "recovery") { $0.health == .available && $0.durableSequence == $0.sequence }
        #expect(fixture.events.current.contains(.becameAvailable))
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test(arguments: [FaultyDisk.Call.syncData, .write])
    func aDiskThatHangsDelaysNobodyForLong(_ call: FaultyDisk.Call) async throws {
        var fixture = try JournalFixture()
        fixture.configuration.stallLimit = .milliseconds(50)
        let journal = try fixture.open(disk: disk)
        disk.faults.change { _ = $0.blocked.insert(call) }
        let problem = try await refused(journal, .intent(intent("r1")))
        #expect(problem?.kind == .stalled)
        #expect(try await refused(journal, .intent(intent("r2")))?.kind == .stalled)
        disk.faults.change { $0.blocked = [] }
        try await journal.wait(for: "recovery") {
            $0.health == .available && $0.durableSequence == $0.sequence && $0.openIntents == 0
        }
        #expect(journal.stop(reason: "test"))
        let lines = try fixture.lines()
        #expect(lines.contains { $0.contains(#""kind":"outcome","request_id":"r1","result":"not_sent""#) })
        #expect(!lines.contains { $0.contains(#""request_id":"r2""#) })
        #expect(try fixture.verify().firstBad == nil)
    }

    /// The segment is given up while the only thread that writes is still caught in it.
    @Test func aWriterThatHangsInAFailedSegmentIsNoticed() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.stallLimit = .milliseconds(50)
        let journal = try fixture.open(disk: disk)
        let path = fixture.directory + "/audit-00000001.jsonl"
        disk.faults.change { faults in
            faults.only = path
            faults.blocked = [.write]
        }
        let caught = Task { try await refused(journal, .intent(intent("r1"))) }
        _ = try await disk.faults.wait(for: "the write") { $0.hanging[.write, default: 0] > 0 ? true : nil }
        let copy = try Data(contentsOf: URL(filePath: path))
        unlink(path)
        try copy.write(to: URL(filePath: path))
        try await journal.wait(for: "the next segment") { $0.segment == 2 }
        _ = try await caught.value
        #expect(try await refused(journal, .intent(intent("r2")))?.kind == .stalled)
        try await journal.wait(for: "the stall") { $0.health.problem?.kind == .stalled }
        disk.faults.change { $0.blocked = [] }
        try await journal.wait(for: "recovery") { $0.health == .available && $0.durableSequence == $0.sequence }
        try await onThread { try journal.call("r3") }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
    }

    // MARK: Changes

    private func change(_ result: AdminEvent.Result?, _ requestID: String) -> JournalRecord.Content {
        var event = AdminEvent(actor: "operator:uid=0", action: .rotate, object: .caller("billing"), tenant: "acme")
        event.result = result
        event.requestID = requestID
        return .admin(event)
    }

    /// `nil` for a change that is recorded once.
    private func results(of requestID: String, in fixture: JournalFixture) throws -> [String?] {
        let reader = try fixture.reader()
        var results: [String?] = []
        while let entry = try reader.next() {
            if entry.facts.requestID == requestID { results.append(entry.facts.result) }
        }
        return results
    }

    /// What has happened is recorded late rather than never; what has not is not begun.
    @Test func changesThatHaveHappenedAreWrittenWhenTheDiskIsBack() async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open(disk: disk)
        _ = try await onThread { try journal.appendAndWait([record(change(.begun, "a"))]) }
        disk.faults.change { $0.failing = [.syncData: EIO, .create: EIO] }
        #expect(try await refused(journal, change(.done, "a")) != nil)
        #expect(try await refused(journal, change(.begun, "b")) != nil)
        #expect(try await refused(journal, change(nil, "c")) != nil)
        disk.faults.change { $0.failing = [:] }
        try await journal.wait(for: "recovery") { $0.health == .available && $0.durableSequence == $0.sequence }
        #expect(journal.stop(reason: "test"))
        #expect(try results(of: "a", in: fixture) == ["begun", "done"])
        #expect(try results(of: "b", in: fixture).isEmpty)
        #expect(try results(of: "c", in: fixture) == [nil])
        #expect(try fixture.verify().firstBad == nil)
    }

    /// Also where only the room for outcomes is left: they are not the ones to use it.
    @Test func changesWaitForTheNextSegmentWhenTheDiskIsFull() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.segmentBytes = 8 * 1024
        let journal = try fixture.open(disk: disk)
        _ = try await onThread { try journal.appendAndWait([record(change(.begun, "a"))]) }
        disk.faults.change { $0.failing[.create] = ENOSPC }
        var problem: JournalProblem?
        for number in 0..<60 where problem == nil {
            problem = try await refused(journal, change(.begun, "n\(number)"))
        }
        #expect(problem?.kind == .full)
        #expect(try await refused(journal, change(.done, "a")) != nil)
        disk.faults.change { $0.failing = [:] }
        try await journal.wait(for: "recovery") { $0.health == .available && $0.durableSequence == $0.sequence }
        #expect(journal.stop(reason: "test"))
        #expect(try results(of: "a", in: fixture) == ["begun", "done"])
        #expect(try fixture.verify().firstBad == nil)
    }

    /// The disk took the beginning after all, when nobody waited for it any more.
    @Test func aBeginningThatCameTooLateHasAnEnd() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.stallLimit = .milliseconds(50)
        let journal = try fixture.open(disk: disk)
        disk.faults.change { $0.blocked = [.syncData] }
        #expect(try await refused(journal, change(.begun, "a"))?.kind == .stalled)
        disk.faults.change { $0.blocked = [] }
        try await journal.wait(for: "recovery") { $0.health == .available && $0.durableSequence == $0.sequence }
        #expect(journal.stop(reason: "test"))
        #expect(try results(of: "a", in: fixture) == ["begun", "failed"])
        #expect(try fixture.verify().firstBad == nil)
    }

    enum Alteration: CaseIterable {
        case deleted, replaced, shortened
    }

    @Test(arguments: Alteration.allCases)
    func aFileChangedUnderneathIsNoticed(_ alteration: Alteration) async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        try await onThread { try journal.call("r1") }
        let path = fixture.directory + "/audit-00000001.jsonl"
        switch alteration {
        case .deleted: unlink(path)
        case .replaced:
            let copy = try Data(contentsOf: URL(filePath: path))
            unlink(path)
            try copy.write(to: URL(filePath: path))
        case .shortened: truncate(path, 100)
        }
        try await journal.wait(for: "the next segment") { $0.segment == 2 }
        try await onThread { try journal.call("r2") }
        #expect(journal.stop(reason: "test"))
        let failures = fixture.events.current.compactMap { event -> JournalProblem? in
            if case .segmentFailed(1, let problem) = event { problem } else { nil }
        }
        #expect(failures.map(\.kind) == [.altered])
        let bad = try fixture.verify().firstBad
        switch alteration {
        case .deleted: #expect(bad?.segment == "audit-00000001.jsonl" && bad?.reason == "the segment is missing")
        case .replaced: #expect(bad == nil)
        case .shortened: #expect(bad?.segment == "audit-00000001.jsonl")
        }
    }
}
