// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Sandbox

struct RawDatumTests {
    private func datum(_ members: String) throws -> RawDatum {
        let json = #"{"start_date": "2014-01-01", "end_date": "2014-01-31"\#(members)}"#
        return try RawDatum(id: 1, fields: try RequestFields(json: Array(json.utf8)))
    }

    @Test func unsetValuesAreNull() throws {
        #expect(
            try datum(#", "btu": "100000", "total_charge": 300.0"#).json.text
                == #"{"id":1,"delivery_charge":null,"end_date":"2014-01-31","fuel_charge":null,"total_charge":"300.0","#
                + #""start_date":"2014-01-01","gallons":null,"kwh":"29.2997363023733","btu":100000,"demand_charge":null,"#
                + #""demand_kw":null,"fixed_charge":null,"late_charge":null,"off_peak_charge":null,"off_peak_kwh":null,"#
                + #""peak_charge":null,"peak_kwh":null}"#)
    }

    @Test(arguments: [
        (100_000, "29.2997363023733"), (1000, "0.292997363023733"), (3413, "1.0"), (0, "0.0"), (-3413, "-1.0"),
    ])
    func kilowattHoursHaveFifteenDigits(btu: Int, expected: String) {
        #expect(RawDatum.kilowattHours(btu: btu) == expected)
    }

    @Test func kilowattHoursMayBeGiven() throws {
        let json = try datum(#", "kwh": "350.50", "total_charge": "12", "peak_kwh": 7"#).json.text
        #expect(json.contains(#""kwh":"350.5","btu":null"#))
        #expect(json.contains(#""total_charge":"12.0""#))
        #expect(json.contains(#""peak_kwh":"7.0""#))
    }

    @Test(arguments: [#", "btu": 1"#, #", "kwh": 1"#, #", "gallons": "1""#, #", "total_charge": 0"#])
    func usageOrCostIsEnough(members: String) throws {
        #expect(try datum(members).id == 1)
    }

    @Test(arguments: [
        ("", "Must specify usage or total cost"),
        (#", "kwh": null, "btu": "", "delivery_charge": 5"#, "Must specify usage or total cost"),
        (#", "kwh": "many""#, "Kwh is not a number"),
        (#", "btu": 1.5"#, "Btu must be an integer"),
    ])
    func refusesPeriodsWithoutContent(members: String, message: String) {
        #expect(throws: APIFailure(status: 400, message: message)) { try datum(members) }
    }

    @Test(arguments: [
        ("{}", "Start date can't be blank, End date can't be blank, Must specify usage or total cost"),
        (#"{"start_date": "01/02/2014", "end_date": "2014-01-31", "btu": 1}"#, "Start date is invalid"),
        (
            #"{"start_date": "2014-02-01", "end_date": "2014-01-31", "btu": 1}"#,
            "End date must not be before the start date"
        ),
    ])
    func refusesPeriodsWithoutDates(json: String, message: String) {
        #expect(throws: APIFailure.invalid(message)) {
            try RawDatum(id: 1, fields: try RequestFields(json: Array(json.utf8)))
        }
    }
}
