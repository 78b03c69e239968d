// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

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

    @Test func thePublicKeyReadsBack() throws {
        #expect(CheckpointPublicKey(key.publicKey.text) == key.publicKey)
        #expect(CheckpointPublicKey(key.publicKey.text + "\n") == key.publicKey)
        #expect(CheckpointPublicKey("x" + key.publicKey.text) == nil)
        #expect(CheckpointPublicKey("") == nil)
    }
}
