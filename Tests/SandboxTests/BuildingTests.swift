// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Sandbox

struct BuildingTests {
    /// The page's own example, with its numbers as text and without five of its required members.
    private static let example = #"""
        {"address": "123 Main St, Boston, MA 02118", "nickname": "Main Street Apartments", "building_type": "sf_detached",
         "year_built": "2000", "construction": "wood_steel", "sqft": "1000", "has_basement": true, "basement_sqft": "200",
         "basement_conditioned": false, "n_stories": 2, "n_bedrooms": 12, "green_certified": false,
         "n_water_general_meters": 1, "n_electric_general_meters": 1, "n_gas_general_meters": 1, "n_oil_general_meters": 0,
         "heating_system": "furnace", "heating_fuel": "Gas", "cooling_system": "window_ac", "hot_water_fuel": "Solar",
         "hot_water_system": "other", "has_laundry": false, "has_pool": false, "notes": "notes", "draft": false}
        """#

    private func building(_ json: String) throws -> Building {
        try Building(id: 1, fields: try RequestFields(json: Array(json.utf8)))
    }

    private func with(_ members: String) -> String {
        #"{"address": "1 A, B, MA 1", "building_type": "sf_detached", "sqft": 1000\#(members)}"#
    }

    @Test func answersTheExampleAsDocumented() throws {
        #expect(
            try building(Self.example).json.text
                == #"{"conditioned_sqft":800,"id":1,"nickname":"Main Street Apartments","n_stories":2,"n_apartments":1,"#
                + #""sqft":1000,"year_built":"2000","notes":"notes","type":"sf_detached","#
                + #""basement":{"sqft":200,"conditioned":false},"cooling":{"system":"window_ac"},"#
                + #""heating":{"fuel":"Gas","system":"furnace"},"hot_water":{"fuel":"Solar","system":"other"},"#
                + #""location":{"city":"Boston","climate_zone":null,"country":"US","county":null,"state":"MA","#
                + #""street_address":"123 Main St","zip_code":"02118"}}"#)
    }

    @Test(arguments: [
        (#", "has_basement": true, "basement_sqft": 200, "basement_conditioned": false"#, 800),
        (#", "has_basement": true, "basement_sqft": 200, "basement_conditioned": true"#, 1000),
        (#", "has_basement": false, "basement_sqft": 200"#, 1000),
        (#", "has_basement": true"#, 1000),
        (#", "has_basement": true, "basement_sqft": 5000"#, 0),
        ("", 1000),
    ])
    func conditionedAreaLeavesOutTheColdBasement(members: String, expected: Int) throws {
        #expect(try building(with(members)).conditionedSqft == expected)
    }

    @Test func noBasementIsNull() throws {
        #expect(try building(with("")).json.text.contains(#""basement":null"#))
    }

    @Test(arguments: [
        ("{}", "Address can't be blank, Building type can't be blank, Sqft can't be blank"),
        (#"{"address": "a", "building_type": "castle", "sqft": 1}"#, "Building type is not included in the list"),
        (#"{"address": "a", "building_type": "sf_detached", "sqft": "big"}"#, "Sqft is not a number"),
    ])
    func refusesWhatCannotBeABuilding(json: String, message: String) {
        #expect(throws: APIFailure.invalid(message)) { try building(json) }
    }

    @Test(arguments: [
        (#", "heating_fuel": "gas""#, "Heating fuel is not included in the list"),
        (#", "has_pool": "maybe""#, "Has pool is invalid"),
        (#", "n_stories": true"#, "N stories is invalid"),
        (#", "year_built": "old""#, "Year built is not a number"),
        (#", "cooling_system": "Window AC""#, "Cooling system is not included in the list"),
        (#", "n_oil_general_meters": 1.5"#, "N oil general meters must be an integer"),
    ])
    func checksWhatIsGiven(members: String, message: String) {
        #expect(throws: APIFailure.invalid(message)) { try building(with(members)) }
    }
}
