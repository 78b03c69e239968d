// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

@testable import Audit

/// What a verification must find, each on a copy of one sound journal of several segments.
struct TamperTests {
    private func sound() async throws -> JournalFixture {
        var fixture = try JournalFixture()
        fixture.configuration.segmentBytes = 4096
        let journal = try fixture.open()
        try await onThread { for number in 0..<15 { try journal.call("r\(number)") } }
        #expect(journal.stop(reason: "test"))
        #expect(try fixture.verify().firstBad == nil)
        return fixture
    }

    enum Change: CaseIterable {
        case flipped, dropped, doubled, swapped, inserted, rehashed, cutTail, cutToLine, missingSegment, missingFirst
        case missingLast, swappedSegments, garbage, rewritten, checkpointForged, checkpointsGone, emptied
    }

    @Test(arguments: Change.allCases)
    func isFound(_ change: Change) async throws {
        let fixture = try await sound()
        let names = try fixture.segments()
        #expect(names.count > 3)
        let expected = try apply(change, to: fixture, names)
        let found = try fixture.verify()
        #expect(!found.isOK)
        if let expected {
            #expect(found.firstBad?.segment == expected.segment, "\(String(describing: found.firstBad))")
            // The chain breaks behind a record that was hashed anew; a checkpoint signed for just that one tells it earlier.
            let lines = change == .rehashed ? expected.line - 1...expected.line : expected.line...expected.line
            #expect(found.firstBad.map { lines.contains($0.line) } == true, "\(String(describing: found.firstBad))")
        }
    }

    /// - Returns: where the first bad record is; nil where several places would be right.
    private func apply(
        _ change: Change, to fixture: JournalFixture, _ names: [String]
    ) throws -> (segment: String, line: Int)? {
        let middle = names[1]
        let earlier = try lines(of: names[0], in: fixture)
        var lines = try lines(of: middle, in: fixture)
        if let line = edit(&lines, change, earlier: earlier) {
            try fixture.write(Array(lines.map { $0 + "\n" }.joined().utf8), to: middle)
            return line == 0 ? nil : (middle, line)
        }
        return try rearrange(change, fixture, names)
    }

    private func lines(of name: String, in fixture: JournalFixture) throws -> [String] {
        String(decoding: try fixture.bytes(name), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// - Returns: the first bad line, 0 where several would be right, nil for changes of another sort.
    private func edit(_ lines: inout [String], _ change: Change, earlier: [String]) -> Int? {
        switch change {
        case .flipped:
            lines[3] = lines[3].replacing("acme", with: "acmf").replacing("answered", with: "answeree")
            return 4
        case .dropped:
            lines.remove(at: 2)
            return 3
        case .doubled:
            lines.insert(lines[2], at: 3)
            return 4
        case .swapped:
            lines.swapAt(2, 3)
            return 3
        case .inserted:
            lines.insert(earlier[2], at: 2)
            return 3
        case .rehashed:
            lines[2] = rehash(lines[2].replacing("acme", with: "acmf").replacing("200", with: "500"))
            return 4
        case .garbage:
            lines[2] = "{}"
            return 3
        case .cutToLine:
            lines.removeLast()
            return 0
        default: return nil
        }
    }

    private func rearrange(
        _ change: Change, _ fixture: JournalFixture, _ names: [String]
    ) throws -> (segment: String, line: Int)? {
        let last = names[names.count - 1]
        switch change {
        case .cutTail:
            try fixture.write(Array(try fixture.bytes(last).dropLast(100)), to: last)
            return (last, 0)
        case .missingSegment, .missingFirst, .missingLast:
            let name = change == .missingSegment ? names[2] : change == .missingFirst ? names[0] : last
            unlink(fixture.directory + "/" + name)
            return change == .missingLast ? nil : (name, 0)
        case .swappedSegments:
            let one = try fixture.bytes(names[1])
            try fixture.write(try fixture.bytes(names[2]), to: names[1])
            try fixture.write(one, to: names[2])
        case .emptied:
            for name in names { unlink(fixture.directory + "/" + name) }
        case .rewritten:
            try rewriteWithoutTheKey(fixture)
        case .checkpointForged:
            let text = String(decoding: try fixture.bytes("checkpoints"), as: UTF8.self)
            var notes = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            notes[7] = "3"
            try fixture.write(Array(notes.joined(separator: "\n").utf8), to: "checkpoints")
            return ("checkpoints", 7)
        default:
            unlink(fixture.directory + "/checkpoints")
        }
        return nil
    }

    /// The hash made to fit, as anybody can.
    private func rehash(_ line: String) -> String {
        let body = Array(line.utf8.dropLast(2 + 64 + 9))
        let hash = body.withUnsafeBytes { RecordHash(of: $0) }
        return String(decoding: body, as: UTF8.self) + #","hash":"\#(hash.hex)"}"#
    }

    /// Chain, trees and headers all consistent, one name changed: only the signatures can tell.
    private func rewriteWithoutTheKey(_ fixture: JournalFixture) throws {
        var state = JournalState(rules: JournalRules())
        for number in 0..<15 {
            var changed = intent("r\(number)")
            changed.caller = "mallory"
            _ = try state.append([record(.intent(changed)), record(.outcome(outcome("r\(number)")))])
        }
        for name in try fixture.segments() { unlink(fixture.directory + "/" + name) }
        try fixture.write(state.pending.flatMap(\.bytes), to: "audit-00000001.jsonl")
    }

    @Test func anyFlippedBitIsFoundInItsLine() async throws {
        let fixture = try await sound()
        let name = try fixture.segments()[2]
        let bytes = try fixture.bytes(name)
        var line = 1
        for index in stride(from: 0, to: bytes.count, by: 7) {
            line = 1 + bytes[..<index].count { $0 == 0x0A }
            var changed = bytes
            changed[index] ^= 0x04
            try fixture.write(changed, to: name)
            let bad = try fixture.verify().firstBad
            let isRightPlace = bad?.segment == name && bad?.line == line
            #expect(isRightPlace || line == 1 && bad != nil, "byte \(index)")
        }
    }

    @Test func aCopyOfTheCheckpointsShowsThatBothWereCut() async throws {
        let fixture = try await sound()
        let copy = fixture.home.file("copy")
        try FileManager.default.copyItem(atPath: fixture.directory + "/checkpoints", toPath: copy)
        let last = try #require(try fixture.segments().last)
        unlink(fixture.directory + "/" + last)
        let notes = String(decoding: try fixture.bytes("checkpoints"), as: UTF8.self).components(separatedBy: "\n")
        // Down to a checkpoint that the remaining records satisfy.
        let all = notes.count / 6
        var kept = all
        while kept > 1, !(try fixture.verify().isOK) {
            kept -= 1
            try fixture.write(Array((notes.prefix(kept * 6).joined(separator: "\n") + "\n").utf8), to: "checkpoints")
        }
        #expect(try fixture.verify().isOK, "without the copy nobody can tell")
        #expect(try fixture.verify(copies: [copy]).isOK == false)
    }
}
