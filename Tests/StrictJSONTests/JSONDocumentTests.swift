// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON
import Testing

struct JSONDocumentTests {
    @Test func keepsTheBytesOfEachValue() throws {
        let text = #" { "user" : "alice", "body" : { "a" : 1.50 , "b":[ ] } } "#
        let document = try JSONDocument.parse(Array(text.utf8))
        let body = try #require(document.root["body"])
        #expect(String(decoding: document.rawBytes(of: body), as: UTF8.self) == #"{ "a" : 1.50 , "b":[ ] }"#)
        #expect(document.root["user"]?.string == "alice")
        #expect(document.root["absent"] == nil)
    }

    @Test(arguments: [
        #"0"#, #"-0.5e+10"#, #""""#, #""\u0041\n\/\ud83d\ude00""#, "null", "[]", "{}", "[1,[2,{\"a\":false}]]",
        "\"\u{7f}\u{2028}\"",
    ])
    func accepts(_ text: String) throws {
        _ = try JSONDocument.parse(Array(text.utf8))
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "1e", "nul", "tru", "'a'", "[1] x", "{\"a\" 1}",
        "{a:1}", "\"\u{0}\"", "\"\n\"", #""\x""#, #""\u12""#, #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#,
        "\u{FEFF}1",
        "NaN", "Infinity", "[1 2]", "\"abc", "//x\n1",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONError.self) { try JSONDocument.parse(Array(text.utf8)) }
    }

    @Test func refusesInvalidUTF8() {
        for bytes in [[0x22, 0xFF, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22]] as [[UInt8]] {
            #expect(throws: JSONError.self) { try JSONDocument.parse(bytes) }
        }
    }

    @Test func namesTheRepeatedMember() {
        let error = #expect(throws: JSONError.self) {
            try JSONDocument.parse(Array(#"{"a":{"b/c":1,"b\/c":2}}"#.utf8))
        }
        #expect(error?.pointer == "/a/b~1c")
        #expect(error?.reason == "the member stands twice")
    }

    @Test func canonicallyEquivalentNamesAreDifferentMembers() throws {
        let document = try JSONDocument.parse(Array("{\"\u{e9}\":1,\"e\u{301}\":2}".utf8))
        #expect(document.root.members?.count == 2)
    }

    @Test func refusesDepthBombs() {
        let bomb = String(repeating: "[", count: 100_000)
        let error = #expect(throws: JSONError.self) { try JSONDocument.parse(Array(bomb.utf8)) }
        #expect(error?.reason == "nested deeper than 64 levels")
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONDocument.parse(Array(deep.utf8)) }
    }

    @Test func refusesHugeNumbers() {
        #expect(throws: JSONError.self) {
            try JSONDocument.parse(Array(String(repeating: "9", count: 65).utf8))
        }
    }

    @Test func refusesTooManyValues() {
        var limits = JSONLimits()
        limits.maximumValues = 3
        #expect(throws: JSONError.self) { try JSONDocument.parse(Array("[1,2,3]".utf8), limits: limits) }
    }

    @Test func writesWhatItReads() throws {
        let text = "a\"\\\n\r\t\u{1}\u{1f}é😀/"
        let document = try JSONDocument.parse(Array(JSONText.quoted(text).utf8))
        #expect(document.root.string == text)
    }
}
