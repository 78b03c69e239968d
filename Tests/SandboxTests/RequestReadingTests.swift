// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Testing

@testable import Sandbox

struct RequestReadingTests {
    @Test(arguments: [
        ("300", "300.0"), ("300.00", "300.0"), ("0", "0.0"), ("-0", "0.0"), ("007.50", "7.5"), ("-12.340", "-12.34"),
        ("0.05", "0.05"), ("100000", "100000.0"),
    ])
    func decimalsKeepTheirValue(text: String, expected: String) {
        #expect(DecimalText(text)?.text == expected)
    }

    @Test(arguments: [
        "", "-", ".", "1.", ".5", "1e3", "1,000", "ten", "1.2.3", "--1", "٣", String(repeating: "9", count: 31),
    ])
    func otherTextIsNoDecimal(text: String) {
        #expect(DecimalText(text) == nil)
    }

    @Test(arguments: [("2000", 2000), ("2.0", 2), ("-4", -4), ("2.5", nil), ("9007199254740992", nil)])
    func integersAreWhole(text: String, expected: Int?) {
        #expect(DecimalText(text)?.integer == expected)
    }

    @Test(arguments: [
        ("2014-03-17", true), ("2016-02-29", true), ("2000-02-29", true), ("1900-02-29", false), ("2015-02-29", false),
        ("2014-13-01", false), ("2014-04-31", false), ("2014-00-10", false), ("2014-1-1", false), ("17.03.2014", false),
        ("2014-03-17T00:00:00Z", false), ("", false), ("20140317", false),
    ])
    func datesAreDaysOfTheCalendar(text: String, isDate: Bool) {
        #expect((CalendarDate(text) != nil) == isDate)
    }

    @Test(arguments: [
        (#"{"n": 12}"#, 12), (#"{"n": "12"}"#, 12), (#"{"n": " "}"#, nil), (#"{"n": null}"#, nil), ("{}", nil),
        ("", nil),
    ])
    func numbersMayBeText(json: String, expected: Int?) throws {
        var reader = FieldReader(try RequestFields(json: Array(json.utf8)))
        #expect(reader.integer("n") == expected)
        try reader.finish()
    }

    @Test(arguments: [
        (#"{"n": true}"#, true), (#"{"n": "true"}"#, true), (#"{"n": 0}"#, false), (#"{"n": "false"}"#, false),
        ("{}", nil),
    ])
    func flagsMayBeText(json: String, expected: Bool?) throws {
        var reader = FieldReader(try RequestFields(json: Array(json.utf8)))
        #expect(reader.flag("n") == expected)
        try reader.finish()
    }

    @Test func complaintsAreOneSentence() throws {
        var reader = FieldReader(
            try RequestFields(json: Array(#"{"n_stories": "two", "type": [1], "sqft": 1.5}"#.utf8)))
        _ = reader.text("account_number", required: true)
        _ = reader.integer("n_stories")
        _ = reader.text("type")
        _ = reader.integer("sqft")
        _ = reader.choice("kind", of: ["a"], required: true)
        let expected =
            "Account number can't be blank, N stories is not a number, Type is invalid, "
            + "Sqft must be an integer, Kind can't be blank"
        #expect(throws: APIFailure.invalid(expected)) { try reader.finish() }
    }

    @Test(arguments: ["[]", "1", "{", #"{"a": 1, "a": 2}"#, "{} x"])
    func bodiesMustBeJSONObjects(json: String) {
        #expect(throws: APIFailure.self) { try RequestFields(json: Array(json.utf8)) }
    }

    @Test func formsAreReadToo() throws {
        var reader = FieldReader(
            RequestFields(form: [Parameter("n", "1"), Parameter("n", "2"), Parameter("flag", "true")]))
        #expect(reader.integer("n") == 2)
        #expect(reader.flag("flag") == true)
    }

    @Test func outputKeepsItsOrder() {
        let output = JSONOutput.object([
            ("b", .array([.null, .bool(true), .integer(-1)])), ("a", .string("x\"\n")), ("empty", .object([])),
        ])
        #expect(output.text == #"{"b":[null,true,-1],"a":"x\"\n","empty":{}}"#)
    }

    @Test(arguments: [
        ("123 Main St, Boston, MA 02118", ["123 Main St", "Boston", "MA", "02118"]),
        ("1 Elm,  Salem , nh", ["1 Elm", "Salem", "NH", nil]),
        ("Somewhere", ["Somewhere", nil, nil, nil]),
        ("", [nil, nil, nil, nil]),
    ])
    func addressesAreTakenApart(line: String, parts: [String?]) {
        let address = PostalAddress(line)
        #expect([address.streetAddress, address.city, address.state, address.zipCode] == parts)
    }
}
