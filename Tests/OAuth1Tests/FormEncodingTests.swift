// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Testing

struct FormEncodingTests {
    private func parse(_ query: String) -> [Parameter]? {
        FormEncoding.parse(Array(query.utf8))
    }

    @Test func keepsOrderAndRepeats() {
        #expect(parse("b=2&a=1&b=1") == [Parameter("b", "2"), Parameter("a", "1"), Parameter("b", "1")])
    }

    @Test func readsAPlusAsASpaceAndItsEscapeAsAPlus() {
        #expect(
            parse("x=a+b&y=a%2Bb&c+d=%20") == [Parameter("x", "a b"), Parameter("y", "a+b"), Parameter("c d", " ")])
    }

    @Test func tellsANameWithoutValueFromAnEmptyValue() {
        #expect(parse("e&f=") == [Parameter(name: Array("e".utf8), value: nil), Parameter("f", "")])
    }

    @Test func dropsEmptyPiecesOnly() {
        #expect(parse("") == [])
        #expect(parse("&&a=1&&") == [Parameter("a", "1")])
        #expect(parse("=&=1") == [Parameter("", ""), Parameter("", "1")])
    }

    @Test func separatesOnlyAtAmpersands() {
        #expect(parse("x=1;y=2&z=3") == [Parameter("x", "1;y=2"), Parameter("z", "3")])
        #expect(parse("f[]=1=2") == [Parameter("f[]", "1=2")])
    }

    @Test(arguments: ["z=%zz", "%=1", "a=1&b=%4", "a%G0"])
    func refusesBadEscapes(query: String) {
        #expect(parse(query) == nil)
    }

    @Test func keepsBytesThatAreNoText() {
        #expect(parse("a=%FF%FE%00") == [Parameter(name: Array("a".utf8), value: [0xFF, 0xFE, 0])])
    }

    @Test func writesWhatTheSignatureCovers() {
        let parameters = [
            Parameter("a b", "c+d"), Parameter("é", "&="), Parameter(name: Array("e".utf8), value: nil),
            Parameter("f", ""),
            Parameter("", ""), Parameter(name: [], value: nil),
        ]
        #expect(text(FormEncoding.write(parameters)) == "a%20b=c%2Bd&%C3%A9=%26%3D&e&f=&=&=")
        #expect(FormEncoding.write([]).isEmpty)
    }
}
