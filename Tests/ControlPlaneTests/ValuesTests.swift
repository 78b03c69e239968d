// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON
import Testing

@testable import ControlPlane

struct ValuesTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
        (1_709_251_199, "2024-02-29T23:59:59Z"),
        (1_709_251_200, "2024-03-01T00:00:00Z"), (4_102_444_799, "2099-12-31T23:59:59Z"), (-1, "1969-12-31T23:59:59Z"),
    ])
    func writesTimes(seconds: Int64, text: String) {
        #expect(UTCTime.text(seconds) == text)
    }

    @Test func writesMilliseconds() {
        #expect(UTCTime.text(1, milliseconds: 7) == "1970-01-01T00:00:01.007Z")
    }

    @Test func writesJSONThatReadsBack() throws {
        let tree = JSONTree.members([
            "b": .array([.int(-5), .null, .bool(true)]), "a": .string("\"\n\u{1F}é"), "e": .members([:]),
            "f": .array([]),
        ])
        let text = String(decoding: tree.bytes, as: UTF8.self)
        #expect(text == "{\"b\": [-5, null, true], \"a\": \"\\\"\\n\\u001fé\", \"e\": {}, \"f\": []}")
        #expect(JSONTree(try JSONDocument.parse(tree.bytes).root) == tree)
    }
}
