// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Testing

struct PercentEncodingTests {
    @Test(arguments: Fixture.load("percent_encoding.json", as: EncodingVector.self))
    func encodesAndDecodesAsPublished(vector: EncodingVector) {
        #expect(text(PercentEncoding.encode(vector.decoded.utf8)) == vector.encoded)
        #expect(PercentEncoding.decode(Array(vector.encoded.utf8)) == Array(vector.decoded.utf8))
    }

    @Test func leavesExactlyTheUnreservedCharacters() {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        for byte in UInt8.min...UInt8.max {
            let encoded = PercentEncoding.encode([byte])
            if unreserved.contains(byte) {
                #expect(encoded == [byte])
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                #expect(text(encoded) == "%" + (digits.count == 1 ? "0" : "") + digits)
            }
            #expect(PercentEncoding.decode(encoded) == [byte])
        }
    }

    @Test func encodesWhatLiesInPieces() {
        let pieces = [Array("a b".utf8), Array("c+".utf8)].joined()
        #expect(text(PercentEncoding.encode(pieces)) == "a%20bc%2B")
    }

    @Test func decodesDigitsOfEitherCaseAndKeepsThePlus() {
        #expect(PercentEncoding.decode(Array("%c3%A9+%2b".utf8)) == Array("é++".utf8))
    }

    @Test(arguments: ["%", "a%", "%4", "%zz", "%4g", "%%41", "%4%31", "%+1", "% 1"])
    func refusesBadEscapes(escaped: String) {
        #expect(PercentEncoding.decode(Array(escaped.utf8)) == nil)
    }
}
