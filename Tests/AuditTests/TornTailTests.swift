// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

/// Every way in which the blocks of an unsynced group can be on the disk or not.
struct TornTailTests {
    private static let blocks = 8

    @Test func everyReorderedTailIsRepaired() async throws {
        let fixture = try JournalFixture()
        let journal = try fixture.open()
        try await onThread {
            try journal.call("acknowledged")
            // One group: none of these knows of another that is durable.
            try journal.appendAndWait((0..<6).map { record(.intent(intent("g\($0)"))) })
        }
        journal.abandon()
        let name = "audit-00000001.jsonl"
        let bytes = try fixture.bytes(name)
        let ends = bytes.indices.filter { bytes[$0] == 0x0A }
        let start = ends[ends.count - 7] + 1
        let size = (bytes.count - start + Self.blocks - 1) / Self.blocks
        let copy = try fixture.copy()
        let checkpoints = try fixture.bytes("checkpoints")
        for pattern in 0..<(1 << Self.blocks) {
            var changed = bytes
            for block in 0..<Self.blocks where pattern & (1 << block) == 0 {
                let first = start + block * size
                for index in first..<min(first + size, bytes.count) { changed[index] = 0 }
            }
            for file in try FileManager.default.contentsOfDirectory(atPath: copy.directory)
            where file.contains(".torn") { unlink(copy.directory + "/" + file) }
            try copy.write(changed, to: name)
            try copy.write(checkpoints, to: "checkpoints")
            let recovered = try copy.recover()
            // As many as are whole from the first on, and none behind a hole.
            let whole = ends.suffix(6).prefix { end in
                changed[start...end].elementsEqual(bytes[start...end])
            }.count
            #expect(recovered.open == (0..<whole).map { "g\($0)" }, "pattern \(pattern)")
            #expect(try copy.bytes(name) == Array(bytes[..<(whole == 0 ? start : ends[ends.count - 7 + whole] + 1)]))
        }
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
