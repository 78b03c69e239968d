// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets
import Testing

struct CallerKeyTests {
    private static let sample = "wgk_0123456789abcdef_" + String(repeating: "0f", count: 32)

    private func text(_ key: CallerKey) -> String {
        key.text.expose { String(decoding: $0, as: UTF8.self) }
    }

    @Test func readsWhatItGenerates() throws {
        let key = CallerKey.generate()
        #expect(text(key).wholeMatch(of: /wgk_[0-9a-f]{16}_[0-9a-f]{64}/) != nil)
        let read = try #require(CallerKey(text(key).utf8))
        #expect(read.identifier == key.identifier)
        #expect(text(read) == text(key))
        #expect(key.digest.matches(read))
        #expect(CallerKey.generate().identifier != key.identifier)
    }

    @Test func takesTheIdentifierFromTheText() throws {
        let key = try #require(CallerKey(Self.sample.utf8))
        #expect(key.identifier == "0123456789abcdef")
        #expect(text(key) == Self.sample)
    }

    @Test(arguments: [
        "", "wgk_", "wgk__", String(sample.dropLast()), sample + "0", sample + "\n", " " + sample,
        "WGK" + sample.dropFirst(3), "wgx" + sample.dropFirst(3), sample.replacing("_0f", with: "-0f"),
        sample.replacing("a", with: "A"), sample.replacing("0f", with: "0F"), sample.replacing("9", with: "g"),
        sample.replacing("a", with: "\0"), "wgk_0123456789abcde_" + String(repeating: "0f", count: 32) + "0",
        String(repeating: "a", count: 85), String(repeating: "a", count: 100_000),
    ])
    func refusesAnythingElse(text: String) {
        #expect(CallerKey(text.utf8) == nil)
        #expect(CallerKey(Array(text.utf8)) == nil)
    }

    @Test func digestsWithItsOwnLabel() throws {
        let key = try #require(CallerKey(Self.sample.utf8))
        // SHA-256 of "wego-gateway caller key 1" and the text, computed with Python's hashlib.
        let digits = key.digest.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(digits == "ad9d4841d079179fbaf5076baeebe623d1635d178bbe07dbb87c67d4eab12b2f")
        #expect(key.digest.bytes.count == CallerKeyDigest.byteCount)
    }

    @Test func matchesOnlyTheWholeKey() throws {
        let key = try #require(CallerKey(Self.sample.utf8))
        let stored = CallerKeyDigest(bytes: key.digest.bytes)
        #expect(stored.matches(key))
        let sameName = try #require(CallerKey((Self.sample.dropLast() + "0").utf8))
        #expect(sameName.identifier == key.identifier)
        #expect(!stored.matches(sameName))
        let sameSecret = try #require(CallerKey(Self.sample.replacing("wgk_0", with: "wgk_1").utf8))
        #expect(!stored.matches(sameSecret))
    }

    @Test func matchesNothingWhenTheDigestIsDamaged() throws {
        let key = try #require(CallerKey(Self.sample.utf8))
        #expect(!CallerKeyDigest(bytes: []).matches(key))
        #expect(!CallerKeyDigest(bytes: Array(key.digest.bytes.dropLast())).matches(key))
        #expect(!CallerKeyDigest(bytes: key.digest.bytes + [0]).matches(key))
        for index in key.digest.bytes.indices {
            var altered = key.digest.bytes
            altered[index] ^= 1
            #expect(!CallerKeyDigest(bytes: altered).matches(key))
        }
    }

    @Test func showsNothing() {
        let key = CallerKey.generate()
        var dumped = ""
        dump(key, to: &dumped)
        for shown in ["\(key)", String(reflecting: key), dumped] {
            #expect(shown.contains("<redacted>"))
            #expect(!shown.contains(key.identifier))
        }
    }
}
