// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON
import Testing

@testable import WegoWise

struct RequestValidationTests {
    private static func route(_ identifier: String) throws -> Route {
        try #require(RouteCatalogue.standard.route(identifier))
    }

    private static func report(
        _ identifier: String, _ text: String?, _ mode: ValidationMode = .lenient, meterType: MeterType? = nil
    ) throws -> ValidationReport {
        let document = try text.map { try JSONDocument.parse(Array($0.utf8)) }
        return RequestValidation.validate(document, for: try route(identifier), mode: mode, meterType: meterType)
    }

    /// Bodies as the documentation shows them, types contradicting its schema included.
    static let documented = [
        (
            "wego_home.users.create",
            """
            {"email": "a@example.com", "first_name": "A", "last_name": "B", "username": "ab", "password": "s3cret"}
            """
        ),
        (
            "wego_home.building.create",
            """
            {"address": "123 Main St, Boston, MA 02118", "nickname": "Main Street Apartments",
             "building_type": "sf_detached", "year_built": "2000", "construction": "wood_steel", "sqft": "1000",
             "has_basement": true, "basement_sqft": "200", "basement_conditioned": false, "n_stories": 2,
             "n_bedrooms": 12, "green_certified": false, "n_water_general_meters": 1,
             "n_electric_general_meters": 1, "n_gas_general_meters": 1, "n_oil_general_meters": 0,
             "heating_system": "furnace", "heating_fuel": "Gas", "cooling_system": "window_ac",
             "hot_water_fuel": "Solar", "hot_water_system": "other", "has_laundry": false, "has_pool": false,
             "notes": "notes", "draft": false}
            """
        ),
        (
            "wego_home.meters.create",
            """
            {"account_number": "ABCD123", "data_type": "electric", "username": "foo", "password": "bar",
             "utility_company_id": 42}
            """
        ),
        ("wego_data.meters.create", #"{"account_number": "1", "utility_company_id": 231, "data_type": "Gas"}"#),
        ("wego_data.utility_logins.create", #"{"username": "u", "password": "p", "utility_company_id": 231}"#),
        (
            "wego_home.raw_data.create",
            #"{"start_date": "2013-01-01", "end_date": "2013-02-01", "total_charge": 300.0, "btu": "100000"}"#
        ),
    ]

    @Test(arguments: documented)
    func acceptsDocumentedBodiesInEveryMode(identifier: String, text: String) throws {
        for mode in ValidationMode.allCases {
            let report = try Self.report(identifier, text, mode)
            #expect(report.faults == [])
            #expect(report.warnings == [])
        }
    }

    @Test(arguments: documented)
    func neverChangesABody(identifier: String, text: String) throws {
        let document = try JSONDocument.parse(Array(text.utf8))
        for mode in ValidationMode.allCases {
            let route = try Self.route(identifier)
            let first = RequestValidation.validate(document, for: route, mode: mode)
            #expect(RequestValidation.validate(document, for: route, mode: mode) == first)
            #expect(document.bytes == Array(text.utf8))
        }
    }

    @Test(arguments: [
        (nil, "no body"), ("[]", "an array"), ("\"hunter2\"", "a string"), ("12345", "a number"), ("null", "null"),
        ("true", "a boolean"),
    ])
    func aBodyThatIsNoObjectIsOneFault(text: String?, found: String) throws {
        for mode in [ValidationMode.lenient, .strict] {
            let report = try Self.report("wego_home.users.create", text, mode)
            #expect(report.faults == [Fault(pointer: "", found: found, allowed: "an object")])
        }
        #expect(try Self.report("wego_home.users.create", text, .off).isAcceptable)
    }

    @Test func routesWithoutASchemaTakeAnything() throws {
        for text in [nil, "[]", "\"x\""] {
            #expect(try Self.report("legacy.buildings.update", text, .strict) == ValidationReport())
            #expect(try Self.report("oauth.user.show", text, .strict) == ValidationReport())
        }
    }

    @Test func changesOfPortfoliosMayComeWithoutABody() throws {
        #expect(try Self.report("wego_pro.buildings.update", nil, .strict) == ValidationReport())
        #expect(try Self.report("wego_pro.buildings.update", "[]").faults.map(\.found) == ["an array"])
    }

    @Test func namesAllFaultsAtOnceInTheOrderOfTheSchema() throws {
        let report = try Self.report(
            "wego_home.building.create", #"{"n_stories":"two","building_type":"Castle","sqft":-5,"has_pool":"maybe"}"#)
        #expect(report.faults.map(\.pointer) == ["/address", "/building_type", "/sqft", "/n_stories", "/has_pool"])
        #expect(
            report.faults[3].sentence
                == "n_stories: expected an integer from 0 to 9999, also as a string of digits, found the string \"two\"."
        )
        #expect(report.faults[0].sentence == "address: expected a string that is not blank, found nothing.")
        #expect(report.summary == report.faults.map(\.sentence).joined(separator: " "))
    }

    @Test func theSummaryTellsOfTheRest() throws {
        let report = try Self.report("wego_home.building.create", "{}", .strict)
        #expect(report.faults.count == 23)
        #expect(report.summary.hasSuffix(" There are 18 more."))
        #expect(ValidationReport().summary.isEmpty)
    }

    @Test func countsFaultsBeyondTheLimit() {
        var report = ValidationReport()
        for index in 0..<(ValidationReport.maximumFaults + 3) {
            report.refuse(Fault(pointer: "/\(index)", found: "a", allowed: "b"))
            report.warn(Fault(pointer: "/\(index)", found: "a", allowed: "b"))
        }
        #expect(report.faults.count == 50)
        #expect(report.furtherFaults == 3)
        #expect(report.warnings.count == 50)
        #expect(report.summary.hasSuffix("There are 48 more."))
    }

    // MARK: Rules between members

    @Test(arguments: [
        (#""utility_company_id":1"#, nil), (#""other_utility_company":"Own""#, nil), (#""notes":"n""#, "neither"),
        (#""utility_company_id":"7","other_utility_company":"Own""#, "both"),
        (#""utility_company_id":null,"other_utility_company":null"#, "neither"),
        (#""utility_company_id":7,"other_utility_company":"""#, nil),
    ])
    func aMeterHasOneCompany(members: String, found: String?) throws {
        let body = #"{"account_number":"1","data_type":"gas",\#(members)}"#
        let lenient = try Self.report("wego_home.meters.create", body)
        #expect(lenient.faults == [])
        #expect(lenient.warnings.map(\.found) == (found.map { [$0] } ?? []))
        #expect(
            try Self.report("wego_home.meters.create", body, .strict).faults.map(\.found) == (found.map { [$0] } ?? []))
    }

    @Test(arguments: [#""username":"u""#, #""password":"p""#, #""username":"u","password":"""#])
    func aLoginIsWhole(members: String) throws {
        for identifier in ["wego_home.meters.create", "wego_data.meters.create"] {
            let body = #"{"account_number":"1","data_type":"gas","utility_company_id":1,\#(members)}"#
            #expect(
                try Self.report(identifier, body).warnings.map(\.allowed) == [
                    "both or neither of username and password"
                ])
            #expect(try Self.report(identifier, body, .strict).faults.count == 1)
        }
    }

    @Test func aMeterWithoutATypeIsDoubtfulOnly() throws {
        let body = #"{"account_number":"1","utility_company_id":1}"#
        for mode in [ValidationMode.lenient, .strict] {
            let report = try Self.report("wego_home.meters.create", body, mode)
            #expect(report.isAcceptable)
            #expect(report.warnings.map(\.allowed) == ["data_type"])
        }
    }

    @Test func aGreenBuildingWithoutCertificateIsDoubtfulOnly() throws {
        let building = try #require(Self.documented.first { $0.0 == "wego_home.building.create" }).1
        let green = building.replacing("\"green_certified\": false", with: "\"green_certified\": true")
        #expect(try Self.report("wego_home.building.create", green, .strict).warnings.count == 1)
        let certified = green.replacing("\"draft\": false", with: "\"leed_level\": \"Gold\"")
        #expect(try Self.report("wego_home.building.create", certified, .strict) == ValidationReport())
    }

    // MARK: Raw data

    private static let period = #""start_date":"2014-01-01","end_date":"2014-01-31""#

    @Test(arguments: [
        ("\"total_charge\":0", true), ("\"kwh\":\"1\"", true), ("\"btu\":100000", true), ("\"gallons\":1.5", true),
        ("\"fuel_charge\":5", false), ("\"kwh\":null", false), ("\"peak_kwh\":5", false), ("\"notes\":5", false),
    ])
    func aPeriodHasUsageOrCost(members: String, isGood: Bool) throws {
        for identifier in ["wego_home.raw_data.create", "wego_data.raw_data.create", "wego_pro.raw_data.create"] {
            for mode in [ValidationMode.lenient, .strict] {
                let report = try Self.report(identifier, "{\(Self.period),\(members)}", mode)
                #expect(report.isAcceptable == isGood)
                #expect(isGood || report.summary.contains("at least one of kwh, btu, gallons, total_charge"))
            }
        }
    }

    /// Usage by the type of meter: what is accepted in strict mode without a cost.
    @Test(arguments: [
        (MeterType.electric, ["kwh"]), (.gas, ["btu"]), (.oil, ["btu", "gallons"]), (.steam, ["btu", "gallons"]),
        (.propane, ["btu", "gallons"]), (.water, ["gallons"]), (.solar, ["kwh", "btu", "gallons"]),
    ])
    func metersMeasureTheirOwnQuantities(type: MeterType, quantities: [String]) throws {
        for name in ["kwh", "btu", "gallons"] {
            let body = "{\(Self.period),\"\(name)\":5}"
            let strict = try Self.report("wego_home.raw_data.create", body, .strict, meterType: type)
            let lenient = try Self.report("wego_home.raw_data.create", body, .lenient, meterType: type)
            #expect(strict.isAcceptable == quantities.contains(name))
            #expect(lenient.isAcceptable)
            #expect(lenient.warnings.isEmpty == quantities.contains(name))
        }
    }

    @Test(arguments: MeterType.allCases)
    func onlyElectricityHasDemandAndPeaks(type: MeterType) throws {
        for name in [
            "demand_charge", "peak_charge", "late_charge", "off_peak_charge", "peak_kwh", "off_peak_kwh", "demand_kw",
        ] {
            let body = "{\(Self.period),\"total_charge\":5,\"\(name)\":1}"
            let report = try Self.report("wego_home.raw_data.create", body, .strict, meterType: type)
            #expect(report.isAcceptable == (type == .electric || type == .solar), "\(name)")
            for common in ["fixed_charge", "fuel_charge", "delivery_charge"] {
                let body = "{\(Self.period),\"total_charge\":5,\"\(common)\":1}"
                #expect(try Self.report("wego_home.raw_data.create", body, .strict, meterType: type).isAcceptable)
            }
        }
    }

    @Test(arguments: [
        ("2014-01-31", "2014-01-31", true), ("2014-01-31", "2014-02-01", true), ("2014-02-01", "2014-01-31", false),
        ("2014-12-31", "2015-01-01", true), ("2015-01-01", "2014-12-31", false),
    ])
    func aPeriodDoesNotEndBeforeItBegins(start: String, end: String, isGood: Bool) throws {
        let report = try Self.report(
            "wego_home.raw_data.create", #"{"start_date":"\#(start)","end_date":"\#(end)","kwh":1}"#)
        #expect(report.faults.map(\.pointer) == (isGood ? [] : ["/end_date"]))
    }

    @Test(arguments: [
        ("2016-02-29", true), ("2015-02-29", false), ("2000-02-29", true), ("1900-02-29", false), ("2100-02-29", false),
        ("2014-04-30", true), ("2014-04-31", false), ("2014-12-31", true), ("2014-12-32", false), ("2014-13-01", false),
        ("2014-00-01", false), ("2014-01-00", false), ("1900-01-01", true), ("1899-12-31", false),
        ("2199-12-31", true), ("2200-01-01", false), ("0000-01-01", false), ("2014/01/01", false),
        ("2014-01-01 ", false), ("２０１４-01-01", false), ("2014-1-001", false), ("-014-01-01", false),
    ])
    func knowsTheCalendar(text: String, isGood: Bool) throws {
        #expect(CalendarDay.isOne(text) == isGood)
        let report = try Self.report(
            "wego_home.raw_data.create", #"{"start_date":"\#(text)","end_date":"\#(text)","kwh":1}"#)
        #expect(report.isAcceptable == isGood)
    }
}
