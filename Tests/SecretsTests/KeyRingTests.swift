// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets
import Testing

struct KeyRingTests {
    private let one = String(repeating: "01", count: 32)
    private let two = String(repeating: "ab", count: 32)

    private func ring(_ text: String) throws(KeyRingError) -> KeyRing {
        try KeyRing(fileContents: Secret(utf8: text))
    }

    @Test func readsWhatItGenerates() throws {
        let (ring, contents) = KeyRing.generate()
        let read = try KeyRing(fileContents: contents)
        #expect(read.current.identifier == ring.current.identifier)
        #expect(read.previous == nil)
        #expect(KeyRing.generate().ring.current.identifier != ring.current.identifier)
    }

    @Test func writesOneCommentAndOneKey() {
        let text = KeyRing.generate().fileContents.expose { String(decoding: $0, as: UTF8.self) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("# "))
        #expect(lines[1].wholeMatch(of: /wgmk1:[0-9a-f]{64}/) != nil)
        #expect(lines[2].isEmpty)
    }

    @Test(arguments: ["\n", "\r\n", "\n\n", "  \n\t\n", "\n# wgmk1:comment\n"])
    func takesTheCurrentKeyFirst(separator: String) throws {
        let ring = try ring("# root keys\n wgmk1:\(one)\(separator)wgmk1:\(two) ")
        let previous = try #require(ring.previous)
        #expect(try ring.current.identifier == self.ring("wgmk1:\(one)").current.identifier)
        #expect(try previous.identifier == self.ring("wgmk1:\(two)\n").current.identifier)
        #expect(ring.key(identifier: previous.identifier)?.identifier == previous.identifier)
        #expect(ring.key(identifier: ring.current.identifier)?.identifier == ring.current.identifier)
        #expect(ring.key(identifier: "0000000000000000") == nil)
    }

    @Test func refusesBadFiles() {
        let cases: [(String, KeyRingError)] = [
            ("", .noKey), ("\n\n# nothing\n", .noKey),
            (one, .unknownPrefix(line: 1)),
            ("\nWGMK1:\(one)", .unknownPrefix(line: 2)),
            ("wgmk2:\(one)", .unknownPrefix(line: 1)),
            ("wgmk1:", .wrongLength(line: 1, found: 0)),
            ("wgmk1:\(one.dropLast())", .wrongLength(line: 1, found: 63)),
            ("wgmk1:\(one)0", .wrongLength(line: 1, found: 65)),
            ("wgmk1: \(one)", .wrongLength(line: 1, found: 65)),
            ("wgmk1:\(one) # main", .wrongLength(line: 1, found: 71)),
            ("wgmk1:\(two.uppercased())", .notHexadecimal(line: 1)),
            ("wgmk1:\(one.dropLast())g", .notHexadecimal(line: 1)),
            ("wgmk1:\(one)\nwgmk1:\(one)", .sameKeyTwice(line: 2)),
            ("wgmk1:\(one)\nwgmk1:\(two)\n\nwgmk1:\(two)", .tooManyKeys(line: 4)),
            ("wgmk1:\(one)\nx", .unknownPrefix(line: 2)),
        ]
        for (text, error) in cases {
            #expect(throws: error) { try ring(text) }
            #expect("\(error)" == error.explanation)
        }
    }

    @Test func saysWhichLineAndWhatToWrite() {
        #expect(
            KeyRingError.unknownPrefix(line: 2).explanation
                == "line 2 of the root key file: expected `wgmk1:` and 64 hexadecimal digits")
        #expect(KeyRingError.noKey.explanation.contains("restore it from your backup"))
    }
}
