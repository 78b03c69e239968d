// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

struct RecoveryTests {
    /// A journal that was killed with two calls in flight.
    private func killed() async throws -> JournalFixture {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        try await onThread {
            for number in 0..<3 { try journal.call("r\(number)") }
            for id in ["x", "y"] { try journal.appendAndWait([record(.intent(intent(id)))]) }
        }
        journal.abandon()
        return fixture
    }

    @Test func openIntentsBecomeUnknown() async throws {
        let fixture = try await killed()
        #expect(try fixture.verify().openIntents == 2)
        #expect(try fixture.open().stop(reason: "test"))
        let lines = try fixture.lines()
        for id in ["x", "y"] {
            #expect(lines.contains { $0.contains(#""kind":"outcome","request_id":"\#(id)","result":"unknown""#) })
        }
        #expect(lines.contains { $0.contains(#""kind":"recovered","reason":"crash","torn_bytes":0,"open_intents":2"#) })
        let found = try fixture.verify()
        #expect(found.firstBad == nil)
        #expect(found.openIntents == 0)
        #expect(found.segments == 2)
    }

    /// Or a disk with room for one segment would not have it for the next start.
    @Test func theSpaceThatAKillLeftReservedIsGivenBack() async throws {
        let fixture = try await killed()
        let path = fixture.directory + "/audit-00000001.jsonl"
        let reserved = 4 * 1024 * 1024
        let descriptor = open(path, O_WRONLY)
        let canReserve = try POSIXDisk().reserve(reserved, in: descriptor)
        close(descriptor)
        let before = try fixture.bytes("audit-00000001.jsonl")
        #expect(!canReserve || blocks(path) >= reserved)
        #expect(try fixture.open().stop(reason: "test"))
        #expect(blocks(path) < reserved)
        #expect(try fixture.bytes("audit-00000001.jsonl") == before)
    }

    /// What a file takes up on the disk, in bytes.
    private func blocks(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_blocks) * 512 : -1
    }

    @Test func aTailTornAnywhereIsRepaired() async throws {
        let fixture = try await killed()
        let name = "audit-00000001.jsonl"
        let bytes = try fixture.bytes(name)
        let ends = bytes.indices.filter { bytes[$0] == 0x0A }
        let previous = ends[ends.count - 3] + 1
        for length in previous..<bytes.count {
            let copy = try fixture.copy()
            try copy.write(Array(bytes[..<length]), to: name)
            let sound = (ends.last { $0 < length } ?? -1) + 1
            let recovered = try copy.recover()
            #expect(recovered.tornBytes == length - sound)
            #expect(recovered.open == (sound == ends[ends.count - 2] + 1 ? ["x"] : []), "cut at \(length)")
            #expect(try copy.bytes(name) == Array(bytes[..<sound]))
            let torn = Array(bytes[sound..<length])
            if !torn.isEmpty { #expect(try copy.bytes(name + ".torn") == torn) }
            guard length.isMultiple(of: 97) || length == sound else { continue }
            #expect(try copy.open().stop(reason: "test"))
            let found = try copy.verify()
            #expect(found.firstBad == nil, "cut at \(length)")
            #expect(found.openIntents == 0)
        }
    }

    @Test(arguments: [0, 1, 40])
    func aSegmentWithoutAWholeHeaderIsSetAside(_ length: Int) async throws {
        let fixture = try await killed()
        let header = try fixture.bytes("audit-00000001.jsonl").prefix(length)
        try fixture.write(Array(header), to: "audit-00000002.jsonl")
        #expect(try fixture.open().stop(reason: "test"))
        #expect(try fixture.bytes("audit-00000002.jsonl.torn") == Array(header))
        #expect(try fixture.verify().firstBad == nil)
    }

    /// Pages of one unsynced group may reach the disk in any order: a hole with records behind it that were never
    /// acknowledged.
    @Test func aHoleInTheUnsyncedTailIsRepaired() async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        try await onThread {
            try journal.call("r1")
            // One group: none of these knows of another that is durable.
            try journal.appendAndWait((0..<6).map { record(.intent(intent("g\($0)"))) })
        }
        journal.abandon()
        let name = "audit-00000001.jsonl"
        var bytes = try fixture.bytes(name)
        let ends = bytes.indices.filter { bytes[$0] == 0x0A }
        for index in (ends[ends.count - 5] + 1)...(ends[ends.count - 4] + 30) { bytes[index] = 0 }
        try fixture.write(bytes, to: name)
        #expect(try fixture.open().stop(reason: "test"))
        let found = try fixture.verify()
        #expect(found.firstBad == nil)
        #expect(try fixture.lines().filter { $0.contains(#""result":"unknown""#) }.count == 2)
    }

    @Test func damageBeforeTheTailIsRefused() async throws {
        let fixture = try await killed()
        let name = "audit-00000001.jsonl"
        let bytes = try fixture.bytes(name)
        let ends = bytes.indices.filter { bytes[$0] == 0x0A }
        for line in 1...6 {
            let copy = try fixture.copy()
            var changed = bytes
            changed[ends[line - 1] - 90] ^= 1
            try copy.write(changed, to: name)
            #expect {
                try copy.open()
            } throws: { error in
                guard case .damaged(let segment, let at, _) = error as? JournalOpenError else { return false }
                return segment == name && (at == line || line == 1)
            }
            #expect(try copy.bytes(name) == changed, "nothing may be changed")
        }
    }

    @Test func aTailCutBehindACheckpointIsRefused() async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        try await onThread { for number in 0..<3 { try journal.call("r\(number)") } }
        #expect(journal.stop(reason: "test"))
        let name = "audit-00000001.jsonl"
        let bytes = try fixture.bytes(name)
        try fixture.write(Array(bytes.dropLast(10)), to: name)
        #expect {
            try fixture.open()
        } throws: { error in
            guard case .damaged(name, let line, let reason) = error as? JournalOpenError else { return false }
            return line == 9 && reason.contains("a checkpoint was signed for 9 records")
        }
    }

    @Test func missingSegmentsAreRefused() async throws {
        let fixture = try await killed()
        unlink(fixture.directory + "/audit-00000001.jsonl")
        #expect(throws: JournalOpenError.self) { try fixture.open() }
    }

    @Test func aCheckpointCutOffIsWrittenAgain() async throws {
        let fixture = try await killed()
        let bytes = try fixture.bytes("checkpoints")
        for length in stride(from: 0, to: bytes.count, by: 37) {
            let copy = try fixture.copy()
            try copy.write(Array(bytes[..<length]), to: "checkpoints")
            #expect(try copy.open().stop(reason: "test"))
            #expect(try copy.verify().firstBad == nil)
        }
    }
}
