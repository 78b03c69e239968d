// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Testing

struct SignatureBaseStringTests {
    /// The third part, decoded again.
    private func normalized(_ parameters: [Parameter]) throws -> String {
        let uri = try #require(BaseStringURI(scheme: "http", host: "h.example", port: nil, path: []))
        let base = SignatureBaseString(method: Array("GET".utf8), uri: uri, parameters: parameters).bytes
        let parts = base.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
        try #require(parts.count == 3)
        return text(try #require(PercentEncoding.decode(parts[2])))
    }

    @Test(arguments: Fixture.load("normalization.json", as: NormalizationVector.self))
    func normalizesAsPublished(vector: NormalizationVector) throws {
        let parameters = try #require(FormEncoding.parse(Array(vector.query.utf8)))
        #expect(try normalized(parameters) == vector.normalized)
    }

    @Test func sortsEncodedBytesNotDecodedOnes() throws {
        // Decoded, `!` (21) is before `a` (61) and `{` (7B) behind it; encoded, both begin with `%` (25).
        #expect(try normalized([Parameter("a", ""), Parameter("{", ""), Parameter("!", "")]) == "%21=&%7B=&a=")
        #expect(try normalized([Parameter("-", ""), Parameter("~", ""), Parameter("_", "")]) == "-=&_=&~=")
    }

    @Test func sortsByNameBeforeValue() throws {
        // As one string `a1=y` would come before `a=z`, since `1` (31) is before `=` (3D).
        #expect(try normalized([Parameter("a1", "y"), Parameter("a", "z"), Parameter("a", "B")]) == "a=B&a=z&a1=y")
    }

    @Test func keepsCanonicallyEquivalentNamesApart() throws {
        let composed = Parameter("\u{E9}", "2")
        let combined = Parameter("e\u{301}", "1")
        #expect(composed != combined)
        #expect(try normalized([composed, combined]) == "%C3%A9=2&e%CC%81=1")
        #expect(try normalized([combined, composed]) == "%C3%A9=2&e%CC%81=1")
    }

    @Test func keepsLineEndsApart() throws {
        // Swift makes one `Character` of CR LF.
        let ends = [Parameter("\r\n", "1"), Parameter("\r", "2"), Parameter("\n", "3"), Parameter("\n\r", "4")]
        #expect(try normalized(ends) == "%0A=3&%0A%0D=4&%0D=2&%0D%0A=1")
    }

    @Test func takesBytesThatAreNoText() throws {
        let parameters = [
            Parameter(name: [0xFF], value: [0xC3]), Parameter(name: [0xFF], value: nil),
            Parameter(name: [0], value: [0x80]),
        ]
        #expect(try normalized(parameters) == "%00=%80&%FF=&%FF=%C3")
    }

    @Test func writesTheMethodInCapitals() throws {
        let uri = try #require(BaseStringURI(scheme: "http", host: "h", port: nil, path: []))
        let base = SignatureBaseString(method: Array("m-search*".utf8), uri: uri, parameters: [])
        #expect(text(base.bytes) == "M-SEARCH%2A&http%3A%2F%2Fh%2F&")
    }
}
