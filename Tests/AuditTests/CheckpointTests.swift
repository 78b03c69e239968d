// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
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
            try file.append(try note(size).map { $0 + "\n" }.joined(), size: size)
        }
        let found = try CheckpointFile(in: home.path, verifyingWith: key.publicKey)
        #expect(found.last?.size == UInt64(count))
        #expect(found.byteCount == file.byteCount)
        var trimmed = found
        try trimmed.trim(below: UInt64(count) / 2)
        try trimmed.append(try note(UInt64(count) + 1).map { $0 + "\n" }.joined(), size: UInt64(count) + 1)
        let again = try CheckpointFile(in: home.path, verifyingWith: key.publicKey)
        #expect(again.last?.size == UInt64(count) + 1)
        #expect(again.byteCount == trimmed.byteCount)
    }

    private func text(_ size: UInt64, _ key: CheckpointKey) throws -> String {
        try SignedCheckpoint.text(
            Checkpoint(origin: key.publicKey.name, size: size, root: .zero), signedBy: key)
    }

    private func contents(_ home: TemporaryDirectory) throws -> String {
        try String(contentsOfFile: home.file("checkpoints"), encoding: .utf8)
    }

    /// As when a file system is mounted over an empty directory after the start.
    @Test func aFileThatAppearsLaterLosesNothing() throws {
        let home = try TemporaryDirectory("audit")
        var early = try CheckpointFile(in: home.path, verifyingWith: key.publicKey)
        var other = try CheckpointFile(in: home.path, verifyingWith: key.publicKey)
        for size in 1...3 as ClosedRange<UInt64> { try other.append(try text(size, key), size: size) }
        let before = try contents(home)
        try early.append(try text(4, key), size: 4)
        #expect(try contents(home) == before + text(4, key))
        // Moved away, with a shorter one in its place.
        unlink(home.file("checkpoints"))
        try text(2, key).write(toFile: home.file("checkpoints"), atomically: false, encoding: .utf8)
        try early.append(try text(5, key), size: 5)
        #expect(try contents(home) == text(2, key) + text(5, key))
    }

    @Test(arguments: [1, 30, 200])
    func whatIsHalfWrittenAtTheEndIsReplaced(_ length: Int) throws {
        let home = try TemporaryDirectory("audit")
        var file = try CheckpointFile(in: home.path, verifyingWith: key.publicKey)
        try file.append(try text(1, key), size: 1)
        let torn = try contents(home) + String(text(2, key).prefix(length))
        try torn.write(toFile: home.file("checkpoints"), atomically: false, encoding: .utf8)
        try file.append(try text(2, key), size: 2)
        #expect(try contents(home) == text(1, key) + text(2, key))
    }

    enum Strange: CaseIterable {
        case note, beginning, words, larger
    }

    @Test(arguments: Strange.allCases)
    func whatOthersWroteStays(_ strange: Strange) throws {
        let home = try TemporaryDirectory("audit")
        var file = try CheckpointFile(in: home.path, verifyingWith: key.publicKey)
        try file.append(try text(1, key), size: 1)
        var whole = try contents(home)
        switch strange {
        case .note: whole += try text(7, .random())
        case .beginning: whole += try text(7, .random()).prefix(80)
        case .words: whole += "something else"
        case .larger: whole += try text(7, key)
        }
        try whole.write(toFile: home.file("checkpoints"), atomically: false, encoding: .utf8)
        for _ in 0..<2 {
            #expect(throws: CheckpointFileError.self) { try file.append(try text(2, key), size: 2) }
            #expect(try contents(home) == whole)
        }
    }

    @Test func thePublicKeyReadsBack() throws {
        #expect(CheckpointPublicKey(key.publicKey.text) == key.publicKey)
        #expect(CheckpointPublicKey(key.publicKey.text + "\n") == key.publicKey)
        #expect(CheckpointPublicKey("x" + key.publicKey.text) == nil)
        #expect(CheckpointPublicKey("") == nil)
    }
}
