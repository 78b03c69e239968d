// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import TestSupport
import Testing

@testable import Audit

struct CheckpointTests {
    private let key = CheckpointKey.random()

    private func note(_ size: UInt64) throws -> [String] {
        let checkpoint = Checkpoint(origin: key.publicKey.name, size: size, root: .zero)
        let text = try SignedCheckpoint.text(checkpoint, signedBy: key)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    @Test func isASignedNote() throws {
        let lines = try note(7)
        #expect(lines[0] == key.publicKey.name)
        #expect(lines[1] == "7")
        #expect(lines[2] == "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
        #expect(lines[3] == "")
        #expect(lines[4].hasPrefix("\u{2014} \(key.publicKey.name) "))
        #expect(SignedCheckpoint.verify(lines, with: key.publicKey)?.size == 7)
    }

    @Test func refusesWhatWasNotSigned() throws {
        var lines = try note(7)
        lines[1] = "8"
        #expect(SignedCheckpoint.verify(lines, with: key.publicKey) == nil)
        #expect(SignedCheckpoint.verify(try note(7), with: CheckpointKey.random().publicKey) == nil)
        lines = try note(7)
        lines[1] = "07"
        #expect(SignedCheckpoint.verify(lines, with: key.publicKey) == nil)
    }

    /// Only the end of a long file is read at a start.
    @Test(arguments: [1, 60, 63, 64, 65, 200])
    func theLastOfManyIsFound(_ count: Int) throws {
        let home = try TemporaryDirectory("audit")
        var file = try CheckpointFile(in: home.path, verifyingWith: key.publicKey)
        for size in 1...UInt64(count) {
            try file.append(try note(size).map { $0 + "\n" }.joined())
        }
        let found = try CheckpointFile(in: home.path, verifyingWith: key.publicKey)
        #expect(found.last?.size == UInt64(count))
        #expect(found.byteCount == file.byteCount)
        var trimmed = found
        try trimmed.trim(below: UInt64(count) / 2)
        try trimmed.append(try note(UInt64(count) + 1).map { $0 + "\n" }.joined())
        let again = try CheckpointFile(in: home.path, verifyingWith: key.publicKey)
        #expect(again.last?.size == UInt64(count) + 1)
        #expect(again.byteCount == trimmed.byteCount)
    }

    @Test func thePublicKeyReadsBack() throws {
        #expect(CheckpointPublicKey(key.publicKey.text) == key.publicKey)
        #expect(CheckpointPublicKey(key.publicKey.text + "\n") == key.publicKey)
        #expect(CheckpointPublicKey("x" + key.publicKey.text) == nil)
        #expect(CheckpointPublicKey("") == nil)
    }
}
