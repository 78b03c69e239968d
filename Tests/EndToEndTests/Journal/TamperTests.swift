// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// `audit verify` as an auditor runs it, elsewhere, with the files and a public key: exit code 2, and where it begins.
struct TamperTests {
    @Test(arguments: [false, true]) func aWholeJournalIsWhole(compressed: Bool) async throws {
        let journal = try await TamperedJournal(compressed: compressed)
        #expect(try journal.segments().contains { $0.hasSuffix(".gz") } == compressed)
        let result = try await journal.verify()
        #expect(result.status == 0 && result.found?.ok == true && result.found?.first_bad == nil, "\(result.text)")
        // So says a program that shares nothing with the gateway.
        let other = try await ChildProcess.run(
            "/usr/bin/python3", [TamperedJournal.script, "check", journal.directory, journal.publicKey])
        #expect(other.status == 0, "\(other.errors)")
        #expect(other.output.hasPrefix(#"{"records": \#(result.found?.records ?? 0), "checkpoints": "#))
    }

    enum Change: CaseIterable {
        case flippedBit, dropped, doubled, swapped, inserted, garbage, lineCut
    }

    @Test(arguments: Change.allCases) func aChangedRecordIsNamed(_ change: Change) async throws {
        let journal = try await TamperedJournal()
        let name = try journal.middle()
        let names = try journal.segments()
        let foreign = try journal.lines(names[names.count - 2])[5]
        var line = 6
        try journal.change(name) { lines in
            switch change {
            case .flippedBit:
                var bytes = Array(lines[5].utf8)
                bytes[bytes.count / 2] ^= 1
                lines[5] = String(decoding: bytes, as: UTF8.self)
            case .dropped: lines.remove(at: 5)
            case .doubled:
                lines.insert(lines[5], at: 6)
                line = 7
            case .swapped: lines.swapAt(5, 6)
            case .inserted: lines.insert(foreign, at: 5)
            case .garbage: lines[5] = #"{"v":1}"#
            case .lineCut: lines[5].removeLast(20)
            }
        }
        let result = try await journal.verify()
        #expect(result.status == 2 && result.found?.ok == false)
        #expect(result.found?.first_bad?.segment == name && result.found?.first_bad?.line == line, "\(result)")
    }

    @Test func aTailBehindACheckpointMayNotBeCut() async throws {
        for count in [1, 4] {
            let journal = try await TamperedJournal()
            let last = try #require(try journal.segments().last)
            try journal.change(last) { $0.removeLast(count) }
            let result = try await journal.verify()
            #expect(result.status == 2 && result.found?.first_bad?.segment == last)
            #expect(result.found?.first_bad?.reason.contains("a checkpoint was signed for") == true, "\(result)")
        }
        let torn = try await TamperedJournal()
        let last = try #require(try torn.segments().last)
        try torn.write(torn.bytes(last).dropLast(30), to: last)
        #expect(try await torn.verify().status == 2)
    }

    @Test func aMissingSegmentIsNamed() async throws {
        let middle = try await TamperedJournal()
        let name = try middle.middle()
        middle.remove(name)
        var result = try await middle.verify()
        #expect(result.status == 2 && result.found?.first_bad?.segment == name && result.found?.first_bad?.line == 0)
        // As retention would have removed them, but for its signed word. What is named is the one that the next names.
        let first = try await TamperedJournal()
        let names = try first.segments()
        for name in names.prefix(3) { first.remove(name) }
        result = try await first.verify()
        #expect(result.status == 2 && result.found?.first_bad?.segment == names[2], "\(result)")
        let last = try await TamperedJournal()
        last.remove(try #require(try last.segments().last))
        #expect(try await last.verify().status == 2)
    }

    /// Chain and trees fit; only who has the key could have signed for it.
    @Test func aChainComputedAnewIsFound() async throws {
        let journal = try await TamperedJournal()
        let name = try journal.middle()
        let number = try #require(try journal.lines(name).firstIndex { $0.contains(#""caller":"backend""#) }) + 1
        let rewritten = try await ChildProcess.run(
            "/usr/bin/python3",
            [TamperedJournal.script, "rewrite", journal.directory, name, "\(number)"]
                + [#""caller":"backend""#, #""caller":"mallory""#])
        #expect(rewritten.status == 0, "\(rewritten.errors)")
        #expect(try journal.lines(name)[number - 1].contains("mallory"))
        let result = try await journal.verify()
        #expect(result.status == 2 && result.found?.first_bad?.segment == name)
        #expect((result.found?.first_bad?.line ?? 0) >= number)
        #expect(result.found?.first_bad?.reason.contains("a checkpoint was signed for") == true, "\(result)")
        // Without its checkpoints it is no better.
        journal.remove("checkpoints")
        #expect(try await journal.verify().status == 2)
    }

    @Test func aDamagedCompressedSegmentIsNamed() async throws {
        for isCut in [false, true] {
            let journal = try await TamperedJournal(compressed: true)
            let name = try journal.middle()
            try #require(name.hasSuffix(".gz"))
            var bytes = try journal.bytes(name)
            if isCut { bytes.removeLast(bytes.count / 2) } else { bytes[bytes.count / 2] ^= 0x10 }
            try journal.write(bytes, to: name)
            let result = try await journal.verify()
            #expect(result.status == 2)
            #expect(name.hasPrefix(result.found?.first_bad?.segment ?? "-"), "\(result)")
        }
    }

    /// `zcat` and `jq` would show it.
    @Test func whatStandsBehindACompressedSegmentIsFound() async throws {
        let source = try await TamperedJournal()
        let lines = try source.lines(source.middle())
        try source.write(Array((lines[5] + "\n").utf8), to: "inserted")
        _ = try await ChildProcess.run("/bin/gzip", [source.directory + "/inserted"])
        for more in [try source.bytes("inserted.gz"), Array("garbage".utf8)] {
            let journal = try await TamperedJournal(compressed: true)
            let name = try journal.middle()
            try #require(name.hasSuffix(".gz"))
            try journal.write(journal.bytes(name) + more, to: name)
            let result = try await journal.verify()
            #expect(result.status == 2 && name.hasPrefix(result.found?.first_bad?.segment ?? "-"), "\(result)")
            #expect(result.found?.first_bad?.reason == "something stands behind the compressed records")
        }
    }

    @Test func aForgedCompressedFileBesideASegmentIsFound() async throws {
        let journal = try await TamperedJournal()
        let name = try journal.middle()
        let plain = try journal.bytes(name)
        try journal.change(name) { $0[5] = $0[4] }
        _ = try await ChildProcess.run("/bin/gzip", [journal.directory + "/" + name])
        try journal.write(plain, to: name)
        let result = try await journal.verify()
        #expect(result.status == 2 && result.found?.first_bad?.segment == name, "\(result)")
        #expect(result.found?.first_bad?.reason == "a compressed file that is not the same stands beside it")
    }

    @Test func foreignSignaturesCountForNothing() async throws {
        let journal = try await TamperedJournal()
        let other = try TemporaryDirectory("foreign")
        let configuration = ["--config", try other.write("{}", to: "config.json")]
        try await Binary.succeed(["init"] + configuration)
        try await Binary.succeed(["tenant", "add", "acme"] + configuration)
        let foreign = Array(try Data(contentsOf: URL(fileURLWithPath: other.file("state/audit/checkpoints"))))
        let own = try journal.bytes("checkpoints")
        try journal.write(own + foreign, to: "checkpoints")
        let result = try await journal.verify()
        #expect(result.status == 2 && result.found?.first_bad?.segment == "checkpoints", "\(result)")
        #expect(result.found?.first_bad?.reason.contains("without a valid signature") == true)
        try journal.write(own, to: "checkpoints")
        #expect(try await journal.verify().status == 0)
        #expect(try await journal.verify("--public-key", other.file("state/audit/audit.pub")).status == 2)
    }

    /// The whole directory put back to an earlier state: only a copy kept elsewhere can tell.
    @Test func aCopyOfTheCheckpointsTellsThatAllWasPutBack() async throws {
        let journal = try await TamperedJournal()
        let copy = journal.place.file("copied")
        try FileManager.default.copyItem(atPath: journal.directory + "/checkpoints", toPath: copy)
        let last = try #require(try journal.segments().last)
        journal.remove(last)
        let text = String(decoding: try journal.bytes("checkpoints"), as: UTF8.self)
        let lines = text.components(separatedBy: "\n")
        let noteLines = 6
        var kept = lines.count / noteLines
        while kept > 1, try await journal.verify().status != 0 {
            kept -= 1
            let rest = lines.prefix(kept * noteLines).joined(separator: "\n") + "\n"
            try journal.write(Array(rest.utf8), to: "checkpoints")
        }
        #expect(try await journal.verify().status == 0)
        #expect(try await journal.verify("--checkpoints", copy).status == 2)
    }
}
