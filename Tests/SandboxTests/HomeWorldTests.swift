// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Sandbox

/// The state of home users, without signatures and sockets.
struct HomeWorldTests {
    private static let building =
        #"{"address": "123 Main St, Boston, MA 02118", "building_type": "sf_detached", "sqft": 900}"#
    private static let period = #""start_date": "2014-01-01", "end_date": "2014-01-31""#

    private var world: HomeWorld {
        var world = HomeWorld()
        world.addAccount("developer", kind: .developer)
        world.addAccount("alice", kind: .home)
        world.addAccount("bob", kind: .home)
        return world
    }

    private func fields(_ json: String) throws -> RequestFields { try RequestFields(json: Array(json.utf8)) }

    @Test func theCurrentUserHasATextualIdentifier() {
        #expect(world.currentUser("alice").text == #"{"id":"2","username":"alice"}"#)
    }

    @Test func aHomeUserHasOneBuilding() throws {
        var world = world
        #expect(throws: APIFailure(status: 404, message: "Building not found")) { try world.building(of: "alice") }
        let created = try world.createBuilding(try fields(Self.building), for: "alice").text
        #expect(try world.building(of: "alice").text == created)
        #expect(throws: APIFailure(status: 400, message: "Home users may only have one building")) {
            try world.createBuilding(try fields(Self.building), for: "alice")
        }
        #expect(throws: APIFailure.buildingNotFound) { try world.building(of: "bob") }
        try world.deleteBuilding(of: "alice")
        #expect(throws: APIFailure(status: 404, message: "Building not found")) {
            try world.deleteBuilding(of: "alice")
        }
        let again = try world.createBuilding(try fields(Self.building), for: "alice").text
        #expect(again.contains(#""id":2,"#), "identifiers are not used twice")
    }

    @Test func deletingTheBuildingTakesMetersAlong() throws {
        var world = world
        _ = try world.createBuilding(try fields(Self.building), for: "alice")
        _ = try world.createMeter(try fields(#"{"account_number": "A"}"#), for: "alice")
        _ = try world.createMeter(try fields(#"{"account_number": "B"}"#), for: "bob")
        try world.deleteBuilding(of: "alice")
        #expect(world.meters(of: "alice").text == "[]")
        #expect(world.meters(of: "bob").text.contains(#""account_number":"B","buildings_count":0"#))
    }

    @Test func metersAreListedAsDocumented() throws {
        var world = world
        _ = try world.createBuilding(try fields(Self.building), for: "alice")
        let known =
            #"{"account_number": "ABCD123", "data_type": "electric", "username": "foo", "password": "bar", "utility_company_id": 42}"#
        #expect(try world.createMeter(try fields(known), for: "alice").text == #"{"id":1}"#)
        let custom =
            #"{"account_number": 17, "data_type": "Gas", "other_utility_company": "Uncle Joe", "nickname": "n", "notes": "m"}"#
        #expect(try world.createMeter(try fields(custom), for: "alice").text == #"{"id":2}"#)
        #expect(
            world.meters(of: "alice").text
                == #"[{"id":1,"account_number":"ABCD123","buildings_count":1,"coverage":"all","data_type":"Electric","#
                + #""nickname":null,"notes":null,"scope":"HomeMeter","utility_company":{"id":42,"name":"Commonwealth Edge"}},"#
                + #"{"id":2,"account_number":"17","buildings_count":1,"coverage":"all","data_type":"Gas","#
                + #""nickname":"n","notes":"m","scope":"HomeMeter","utility_company":{"id":null,"name":"Uncle Joe"}}]"#)
    }

    @Test(arguments: [
        ("{}", "Account number can't be blank"),
        (#"{"account_number": ""}"#, "Account number can't be blank"),
        (#"{"account_number": "A", "data_type": "trash"}"#, "Data type is not included in the list"),
        (#"{"account_number": "A", "utility_company_id": 999}"#, "Utility company id is invalid"),
        (
            #"{"account_number": "A", "data_type": "gas", "utility_company_id": "42"}"#,
            "Data type must be the utility company's data type"
        ),
    ])
    func badMetersAreRefused(json: String, message: String) throws {
        var world = world
        #expect(throws: APIFailure(status: 400, message: message)) {
            try world.createMeter(try fields(json), for: "alice")
        }
        #expect(world.meters(of: "alice").text == "[]")
    }

    @Test func deletingAnUnknownMeterIsABadRequest() throws {
        var world = world
        _ = try world.createMeter(try fields(#"{"account_number": "A"}"#), for: "alice")
        for (id, user) in [(1, "bob"), (2, "alice"), (nil, "alice")] {
            #expect(throws: APIFailure(status: 400, message: "Meter not found")) { try world.deleteMeter(id, of: user) }
        }
        try world.deleteMeter(1, of: "alice")
        #expect(world.meters(of: "alice").text == "[]")
    }

    @Test func rawDataComeNewestFirst() throws {
        var world = world
        _ = try world.createMeter(try fields(#"{"account_number": "A"}"#), for: "alice")
        for month in ["02", "04", "01", "03"] {
            let json = #"{"start_date": "2014-\#(month)-01", "end_date": "2014-\#(month)-28", "total_charge": 1}"#
            _ = try world.createRawDatum(try fields(json), on: 1, of: "alice")
        }
        let list = try world.rawData(of: 1, owner: "alice").text
        #expect(list.matches(of: /"id":(\d)/).map { $0.1 } == ["2", "4", "1", "3"])
        try world.deleteRawDatum(4, of: 1, owner: "alice")
        #expect(throws: APIFailure(status: 404, message: "Raw datum not found")) {
            try world.deleteRawDatum(4, of: 1, owner: "alice")
        }
        #expect(throws: APIFailure.meterNotFound(reading: true)) { try world.deleteRawDatum(1, of: 1, owner: "bob") }
        #expect(throws: APIFailure(status: 404, message: "Meter not found")) { try world.rawData(of: 1, owner: "bob") }
        #expect(throws: APIFailure(status: 400, message: "Meter not found")) {
            try world.createRawDatum(try fields(#"{\#(Self.period), "btu": 1}"#), on: 1, of: "bob")
        }
    }

    @Test func usersAreCreatedByDevelopersOnly() throws {
        var world = world
        let carol =
            #"{"email": "c@example.org", "first_name": "C", "last_name": "D", "username": "carol", "password": "x"}"#
        #expect(throws: APIFailure.developersOnly) { try world.createUser(try fields(carol), by: "alice") }
        let created = try world.createUser(try fields(carol), by: "developer")
        #expect(created.id == 4 && created.name == "carol")
        #expect(throws: APIFailure.invalid("Username has already been taken")) {
            try world.createUser(try fields(carol), by: "developer")
        }
        #expect(throws: APIFailure.invalid("Username can't be blank")) {
            try world.createUser(try fields(carol.replacing("carol", with: "")), by: "developer")
        }
        world.destroyUser("carol")
        #expect(world.accounts["carol"] == nil)
    }

    @Test func theWorldIsFinite() throws {
        var world = HomeWorld(limits: .init(accounts: 1, metersPerAccount: 1, rawDataPerMeter: 1))
        world.addAccount("developer", kind: .developer)
        let user = #"{"email": "e", "first_name": "f", "last_name": "l", "username": "u", "password": "p"}"#
        #expect(throws: APIFailure.full(1, "users")) { try world.createUser(try fields(user), by: "developer") }
        let meter = #"{"account_number": "A"}"#
        _ = try world.createMeter(try fields(meter), for: "developer")
        #expect(throws: APIFailure.self) { try world.createMeter(try fields(meter), for: "developer") }
        let datum = #"{\#(Self.period), "btu": 1}"#
        _ = try world.createRawDatum(try fields(datum), on: 1, of: "developer")
        #expect(throws: APIFailure.self) { try world.createRawDatum(try fields(datum), on: 1, of: "developer") }
    }
}
