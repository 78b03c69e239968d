// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing
import WegoWise

/// What becomes of right and wrong bodies on their whole way: refused with every fault named, or in the sandbox's log.
struct BodyTableTests {
    /// A gateway of its own for each run, since what is sent changes the sandbox.
    private static func boxed(_ mode: ValidationMode) async throws -> SandboxedGateway {
        try await SandboxedGateway(
            SandboxState(users: ["alice", "bob", "carol"], dataUsers: ["meters"]),
            settings: ["VALIDATION": mode.rawValue])
    }

    @Test(arguments: ValidationMode.allCases)
    func everyMemberIsHeldToItsType(mode: ValidationMode) async throws {
        let gateway = try await Self.boxed(mode)
        let client = try gateway.client()
        try #require(BodyCase.all.count > 500)
        // A creation without a usable name is refused in every mode: see `CreationFaultTests`.
        let cases = BodyCase.all.filter { mode != .off || $0.call.route != "wego_home.users.create" }
        for item in cases { try await Self.expect(item, mode, client) }
        let sent = cases.filter { $0.expected(in: mode) == nil }.count
        #expect(try await gateway.sandbox.arrivalCount() == sent)
        #expect(try await gateway.sandbox.arrivals().allSatisfy { $0.verdict == "valid" })
    }

    private static func expect(_ item: BodyCase, _ mode: ValidationMode, _ client: Client) async throws {
        let answer = try await client.send(item.call.method, item.call.gatewayTarget, Array(item.body.utf8))
        let place = "\(mode) \(item.call.route), \(item.what): \(answer.status) \(answer.bodyText)"
        if let pointers = item.expected(in: mode) {
            #expect(answer.status == 422, "\(place)")
            #expect(answer.header("wego-gateway-error-source") == "gateway", "\(place)")
            #expect(answer.faultPointers == pointers, "\(place)")
        } else {
            #expect(answer.header("wego-gateway-error-source") != "gateway", "\(place)")
        }
    }

    // MARK: What the reference states

    /// Members the reference calls required, as far as its own examples have them.
    private static let required: [(String, always: [String], strict: [String])] = [
        ("wego_home.users.create", ["email", "first_name", "last_name", "username", "password"], []),
        (
            "wego_home.building.create", ["address", "building_type", "sqft"],
            [
                "nickname", "year_built", "construction", "has_basement", "basement_sqft", "basement_conditioned",
                "n_stories", "n_bedrooms", "green_certified", "n_water_general_meters", "n_electric_general_meters",
                "n_gas_general_meters", "n_oil_general_meters", "heating_system", "heating_fuel", "cooling_system",
                "hot_water_fuel", "hot_water_system", "has_laundry", "has_pool",
            ]
        ),
        ("wego_home.meters.create", ["account_number"], []),
        ("wego_home.raw_data.create", ["start_date", "end_date"], []),
        ("wego_data.utility_logins.create", ["username", "password", "utility_company_id"], []),
    ]

    /// What holds between members is a fault of the whole body, whose pointer is empty.
    @Test(arguments: [ValidationMode.lenient, .strict])
    func anEmptyObjectLacksExactlyWhatIsRequired(mode: ValidationMode) async throws {
        let client = try await Self.boxed(mode).client()
        for (route, always, strict) in Self.required {
            let call = try #require(EndpointCall.all.first { $0.route == route })
            let answer = try await client.send(call.method, call.gatewayTarget, Array("{}".utf8))
            let expected = Set((mode == .strict ? always + strict : always).map { "/\($0)" })
            #expect(answer.status == 422, "\(route)")
            #expect(Set(answer.faultPointers).subtracting([""]) == expected, "\(route): \(answer.bodyText)")
        }
    }

    private static let words: [(member: String, [String])] = [
        ("building_type", ["sf_detached", "sf_attached", "apt_condo", "mobile_home", "multifamily", "highrise"]),
        ("construction", ["wood_steel", "concrete", "masonry", "modular", "sips", "other"]),
        (
            "heating_system",
            [
                "furnace", "h_e_furnace", "steam_boiler", "hot_water_boiler", "h_e_boiler", "apt_heat_pumps",
                "ground_heat_pump", "air_heat_pump", "hot_water", "h_e_hot_water", "baseboard", "ptac", "other",
            ]
        ),
        ("heating_fuel", ["Electric", "Gas", "Oil", "Steam", "Propane"]),
        (
            "cooling_system",
            [
                "window_ac", "sleeve", "mini_split", "ptac", "central", "rooftop", "ground_heat_pump",
                "tower_heat_pump", "air_chiller", "water_chiller", "none", "other",
            ]
        ),
        (
            "hot_water_system",
            [
                "indirect_with_heat", "indirect_boiler", "tankless_coil", "stand_alone", "on_demand", "cogen", "other",
            ]
        ),
        ("hot_water_fuel", ["Electric", "Oil", "Gas", "Steam", "Propane", "Solar"]),
        ("dryer_fuel", ["Electric", "Gas"]), ("pool_fuel", ["none", "electric", "gas", "solar"]),
    ]

    @Test(arguments: [ValidationMode.lenient, .strict])
    func everyWordOfTheReferenceIsTakenInItsOwnLetters(mode: ValidationMode) async throws {
        let client = try await Self.boxed(mode).client()
        let good = MemberList(EndpointCall.building)
        for (member, words) in Self.words {
            for word in words {
                // Bob has a home already, so nothing is built.
                let right = try await Self.build(good.with(member, "\"\(word)\""), client)
                #expect(right.status == 400 && right.bodyText.contains("Home users may only have one building"))
                let other = word == word.lowercased() ? word.uppercased() : word.lowercased()
                let wrong = try await Self.build(good.with(member, "\"\(other)\""), client)
                #expect(wrong.status == 422 && wrong.faultPointers == ["/\(member)"], "\(member) \(other)")
            }
        }
    }

    private static func build(_ body: MemberList, _ client: Client) async throws -> RawResponse {
        try await client.send("POST", "/users/bob/api/v1/wego_home/building", Array(body.text.utf8))
    }

    /// The reference contradicts itself about the case of `data_type`, so any will do, and it goes out as it came.
    @Test(arguments: [ValidationMode.lenient, .strict])
    func dataTypesMayHaveAnyLetterCase(mode: ValidationMode) async throws {
        let client = try await Self.boxed(mode).client()
        let target = "/users/carol/api/v1/wego_home/meters"
        for word in ["Gas", "Electric", "Water", "Oil", "Steam", "Propane", "Solar"] {
            for spelling in [word, word.lowercased(), word.uppercased()] {
                let body = #"{"account_number":"1","data_type":"\#(spelling)","other_utility_company":"Mill"}"#
                let answer = try await client.send("POST", target, Array(body.utf8))
                // The sandbox knows the two spellings that the reference shows.
                let isKnown = spelling != word.uppercased()
                #expect(answer.status == (isKnown ? 200 : 400), "\(spelling): \(answer.bodyText)")
                #expect(answer.header("wego-gateway-error-source") == (isKnown ? nil : "upstream"))
            }
        }
        for wrong in ["Trash", "electrіc", "", " gas"] {
            let body = #"{"account_number":"1","data_type":"\#(wrong)","other_utility_company":"Mill"}"#
            let answer = try await client.send("POST", target, Array(body.utf8))
            #expect(answer.status == 422 && answer.faultPointers == ["/data_type"], "\(wrong)")
        }
    }

    // MARK: Raw data

    private static let period = #""start_date":"2014-01-31","end_date":"2014-02-28""#

    /// By meter type: what the reference requires, what it allows, and all of it with numbers as strings.
    private static let data: [(type: String, bodies: [String])] = [
        ("electric", [#""total_charge":"10.50","kwh":"620""#, #""kwh":620,"demand_kw":3.5,"peak_charge":"1.00""#]),
        ("gas", [#""total_charge":"10.50","btu":"100000""#, #""btu":100000,"fuel_charge":"3""#]),
        ("oil", [#""total_charge":"10.50","btu":"100000","gallons":"12.5""#]),
        ("steam", [#""total_charge":10.5,"btu":"1000","gallons":0"#]),
        ("water", [#""total_charge":"10.50","gallons":"3100""#, #""total_charge":"10.50""#, #""gallons":3100"#]),
        ("propane", [#""total_charge":"10.50","btu":"100000","delivery_charge":-2.5"#]),
    ]

    @Test(arguments: ValidationMode.allCases)
    func rawDataOfEveryMeterTypeIsTaken(mode: ValidationMode) async throws {
        let client = try await Self.boxed(mode).client()
        for (type, bodies) in Self.data {
            let meter = #"{"account_number":"1","data_type":"\#(type)","other_utility_company":"Mill"}"#
            let made = try await client.send("POST", "/users/carol/api/v1/wego_home/meters", Array(meter.utf8))
            let id = try #require(made.bodyText.firstMatch(of: /"id":(\d+)/)).1
            for body in bodies {
                let answer = try await client.send(
                    "POST", "/users/carol/api/v1/wego_home/meters/\(id)/raw_data",
                    Array("{\(Self.period),\(body)}".utf8))
                #expect(answer.status == 200, "\(type) \(body): \(answer.bodyText)")
            }
        }
    }

    @Test(arguments: [
        (#""start_date":"2014-01-31","end_date":"2014-01-30","kwh":1"#, "/end_date"),
        (#""start_date":"2014-02-29","end_date":"2014-03-30","kwh":1"#, "/start_date"),
        (#""start_date":"2016-02-29","end_date":"2016-04-31","kwh":1"#, "/end_date"),
        (#""start_date":"2014-1-31","end_date":"2014-02-28","kwh":1"#, "/start_date"),
        (#""start_date":"2014-01-31","end_date":"2014-02-28","kwh":"1,5""#, "/kwh"),
        (#""start_date":"2014-01-31","end_date":"2014-02-28","btu":1e400"#, "/btu"),
    ])
    func datesAndNumbersAreReal(members: String, pointer: String) async throws {
        let gateway = try await Self.shared()
        let target = "/users/alice/api/v1/wego_home/meters/1/raw_data"
        let answer = try await gateway.send("POST", target, "{\(members)}")
        #expect(answer.status == 422 && answer.faultPointers == [pointer], "\(answer.bodyText)")
    }

    @Test func usageOrCostIsNeeded() async throws {
        let gateway = try await Self.shared()
        let target = "/users/alice/api/v1/wego_home/meters/1/raw_data"
        let answer = try await gateway.send("POST", target, "{\(Self.period),\"fixed_charge\":1}")
        #expect(answer.status == 422 && answer.faultPointers.count == 1, "\(answer.bodyText)")
        #expect(answer.bodyText.contains("total_charge"))
    }

    /// For tests that send nothing upstream.
    private static func shared() async throws -> SandboxedGateway { try await lenient.value }
    private static let lenient = Task { try await boxed(.lenient) }
}
