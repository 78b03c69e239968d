// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

/// Every way in which the blocks of an unsynced group can be on the disk or not.
struct TornTailTests {
    private static let blocks = 8

    /// A journal killed with one group of six intents that no sync was made for: none of them calls another durable.
    private struct Killed {
        let fixture: JournalFixture
        let name = "audit-00000001.jsonl"
        let bytes: [UInt8]
        let checkpoints: [UInt8]
        /// Where the lines end, and where the group begins.
        let ends: [Int]
        let start: Int

        init() async throws {
            fixture = try JournalFixture()
            let journal = try fixture.open()
            try await onThread {
                try journal.call("acknowledged")
                try journal.appendAndWait((0..<6).map { record(.intent(intent("g\($0)"))) })
            }
            journal.abandon()
            let bytes = try fixture.bytes(name)
            self.bytes = bytes
            checkpoints = try fixture.bytes("checkpoints")
            ends = bytes.indices.filter { bytes[$0] == 0x0A }
            start = ends[ends.count - 7] + 1
        }

        /// Recovers a copy whose segment is `changed`: as many records as are whole from the first on, and none behind
        /// a hole.
        func expectRepair(of changed: [UInt8], in copy: JournalFixture, _ state: String) throws {
            for file in try FileManager.default.contentsOfDirectory(atPath: copy.directory)
            where file.contains(".torn") { unlink(copy.directory + "/" + file) }
            try copy.write(changed, to: name)
            try copy.write(checkpoints, to: "checkpoints")
            let recovered = try copy.recover()
            let whole = ends.suffix(6).prefix { end in
                end < changed.count && changed[start...end].elementsEqual(bytes[start...end])
            }.count
            #expect(recovered.open == (0..<whole).map { "g\($0)" }, "\(state)")
            let end = ends[ends.count - 7 + whole] + 1
            #expect(try copy.bytes(name) == Array(bytes[..<end]), "\(state)")
        }

        /// The bytes in which block `index` of `count` of the group never reached the disk.
        func losing(_ index: Int, of count: Int, in bytes: inout [UInt8]) {
            let size = (self.bytes.count - start + count - 1) / count
            let first = start + index * size
            for position in first..<max(first, min(first + size, bytes.count)) { bytes[position] = 0 }
        }
    }

    @Test func everyReorderedTailIsRepaired() async throws {
        let killed = try await Killed()
        let copy = try killed.fixture.copy()
        for pattern in 0..<(1 << Self.blocks) {
            var changed = killed.bytes
            for block in 0..<Self.blocks where pattern & (1 << block) == 0 {
                killed.losing(block, of: Self.blocks, in: &changed)
            }
            try killed.expectRepair(of: changed, in: copy, "pattern \(pattern)")
        }
    }

    /// The length of the file is written apart from its blocks: any length with any of the blocks before it.
    @Test func everyReorderedTailOfAnyLengthIsRepaired() async throws {
        let killed = try await Killed()
        let copy = try killed.fixture.copy()
        let blocks = 4
        for length in stride(from: killed.start, to: killed.bytes.count, by: 61) {
            for pattern in 0..<(1 << blocks) {
                var changed = Array(killed.bytes[..<length])
                for block in 0..<blocks where pattern & (1 << block) == 0 {
                    killed.losing(block, of: blocks, in: &changed)
                }
                try killed.expectRepair(of: changed, in: copy, "length \(length), pattern \(pattern)")
            }
        }
        // What a repair leaves is a journal that goes on and is whole.
        var changed = killed.bytes
        killed.losing(2, of: blocks, in: &changed)
        let other = try killed.fixture.copy()
        try other.write(changed, to: killed.name)
        #expect(try other.open().stop(reason: "test"))
        #expect(try other.verify().isOK)
    }

    /// A lost block before something that was acknowledged is damage, not a torn tail.
    @Test func aLostBlockThatWasDurableIsRefused() async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        try await onThread { for number in 0..<4 { try journal.call("r\(number)") } }
        journal.abandon()
        let name = "audit-00000001.jsonl"
        let bytes = try fixture.bytes(name)
        let ends = bytes.indices.filter { bytes[$0] == 0x0A }
        for line in 0..<6 {
            var changed = bytes
            let first = line == 0 ? 0 : ends[line - 1] + 1
            for index in first...ends[line] { changed[index] = 0 }
            let copy = try fixture.copy()
            try copy.write(changed, to: name)
            #expect(throws: JournalOpenError.self, "line \(line)") { try copy.open() }
            #expect(try copy.bytes(name) == changed)
        }
    }
}
