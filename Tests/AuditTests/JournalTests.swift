// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import Audit

struct JournalTests {
    @Test(arguments: JournalDurability.allCases)
    func recordsCallsAndVerifies(_ durability: JournalDurability) async throws {
        var fixture = try JournalFixture()
        fixture.configuration.durability = durability
        let journal = try fixture.open()
        try await onThread { for number in 0..<50 { try journal.call("r\(number)") } }
        #expect(journal.stop(reason: "test"))
        let lines = try fixture.lines()
        #expect(lines[0].contains(#""kind":"segment""#))
        #expect(lines[0].contains(#""durability":"\#(durability.rawValue)""#))
        #expect(lines[1].contains(#""kind":"start","version":"1.2.3""#))
        #expect(lines.last?.contains(#""kind":"stop","reason":"test""#) == true)
        #expect(lines.count == 103)
        for line in lines { _ = try JSONDocument.parse(Array(line.utf8)) }
        let found = try fixture.verify()
        #expect(found.firstBad == nil)
        #expect(found.records == 103)
        #expect(found.covered == 103)
        #expect(found.openIntents == 0)
        #expect(try JSONDocument.parse(Array(found.json.utf8)).root["ok"] != nil)
    }

    @Test func manyThreadsMakeOneOrder() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.segmentBytes = 16 * 1024
        let journal = try fixture.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<8 {
                group.addTask {
                    try await onThread { for number in 0..<100 { try journal.call("t\(thread)-\(number)") } }
                }
            }
            try await group.waitForAll()
        }
        #expect(journal.status.counts.syncs < 1600)
        #expect(journal.stop(reason: "test"))
        let found = try fixture.verify()
        #expect(found.firstBad == nil)
        #expect(found.segments > 10)
        #expect(found.records == 1602 + UInt64(found.segments))
        for name in try fixture.segments() { #expect(try fixture.bytes(name).count <= 16 * 1024) }
    }

    @Test func aSegmentThatIsOldIsFollowedByAnother() async throws {
        var fixture = try JournalFixture()
        fixture.configuration.segmentAge = .zero
        let journal = try fixture.open()
        try await onThread { for number in 0..<3 { try journal.call("r\(number)") } }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.segments().count > 1)
        #expect(try fixture.verify().firstBad == nil)
    }

    @Test func checkpointsAreCopiedToASecondPlace() async throws {
        var fixture = try JournalFixture()
        let copies = fixture.home.file("copies")
        try FileManager.default.createDirectory(atPath: copies, withIntermediateDirectories: false)
        fixture.configuration.checkpointCopies = copies
        let journal = try fixture.open()
        try await onThread { try journal.call("r1") }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.bytes("checkpoints") == Array(Data(contentsOf: URL(filePath: copies + "/checkpoints"))))
        #expect(try fixture.verify(copies: [copies + "/checkpoints"]).checkpoints >= 4)
    }

    @Test func pairsIntentsAndOutcomes() async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        defer { journal.stop(reason: "test") }
        #expect(throws: JournalError.unknownIntent(requestID: "r1")) {
            try journal.append([record(.outcome(outcome("r1")))])
        }
        try journal.append([record(.intent(intent("r1")))])
        #expect(throws: JournalError.duplicateIntent(requestID: "r1")) {
            try journal.append([record(.intent(intent("r1")))])
        }
        #expect(throws: JournalError.duplicateIntent(requestID: "r2")) {
            try journal.append([record(.intent(intent("r2"))), record(.intent(intent("r2")))])
        }
        try journal.append([
            record(.outcome(outcome("r1"))), record(.intent(intent("r1"))), record(.outcome(outcome("r1"))),
        ])
        for number in 0..<64 { try journal.append([record(.intent(intent("n\(number)")))]) }
        #expect(throws: JournalError.tooManyOpenIntents(limit: 64)) {
            try journal.append([record(.intent(intent("last")))])
        }
    }

    @Test func aStoppedJournalRefuses() async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        #expect(journal.stop(reason: "test"))
        #expect(throws: JournalError.stopped) { try journal.append([record(.stop(reason: "again"))]) }
    }

    // MARK: Who may open it

    @Test func aSecondGatewayIsRefused() throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        #expect(throws: JournalOpenError.inUse(path: fixture.directory + "/audit.lock")) { try fixture.open() }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.open().stop(reason: "test"))
    }

    @Test(arguments: [0o770, 0o707, 0o702]) func aSharedDirectoryIsRefused(_ mode: mode_t) throws {
        let fixture = try JournalFixture()
        try FileManager.default.createDirectory(atPath: fixture.directory, withIntermediateDirectories: false)
        chmod(fixture.directory, mode)
        #expect {
            try fixture.open()
        } throws: { error in
            guard case .directory(let path, let reason) = error as? JournalOpenError else { return false }
            return path == fixture.directory && reason.contains("chmod")
        }
    }

    @Test func aKeyThatOthersMayReadIsRefused() throws {
        let fixture = try JournalFixture()
        #expect(try fixture.open().stop(reason: "test"))
        var status = stat()
        #expect(stat(fixture.directory + "/audit.key", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        chmod(fixture.directory + "/audit.key", 0o640)
        #expect(throws: JournalOpenError.self) { try fixture.open() }
        unlink(fixture.directory + "/audit.key")
        #expect(throws: JournalOpenError.self) { try fixture.open() }
    }

    @Test func appendsEachByItself() async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        let results = Watched<[String: String]>([:])
        func append(_ requestID: String, _ label: String) -> JournalAppend {
            JournalAppend(intent(requestID), time: moment, changesNothing: false, under: journal.durability) { result in
                let text = if case .success = result { "durable" } else { "refused" }
                results.change { $0[label, default: ""] += text }
            }
        }
        journal.append(each: [append("a", "1"), append("a", "2"), append("b", "3")])
        let all = try await results.wait(for: "all of them") { $0.count == 3 ? $0 : nil }
        #expect(all == ["1": "durable", "2": "refused", "3": "durable"])
        #expect(journal.stop(reason: "test"))
    }
}
