// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// An organization with two buildings.
enum SamplePortfolio {
    static func make(owner: String, companies: [UtilityCompany]) throws(APIFailure) -> Portfolio {
        let house = try Building(id: 1_001, fields: RequestFields(elmStreet))
        let hall = try Building(id: 1_002, fields: RequestFields(oakHall))
        var portfolio = Portfolio()
        portfolio.organizations = [organization(owner: owner)]
        portfolio.structures = [
            Portfolio.Structure(building: house, development: 801), Portfolio.Structure(building: hall),
        ]
        portfolio.apartments = [
            Portfolio.Apartment(id: 2_001, building: house.id, unitNumber: "1A", bedrooms: 2, sqft: 850),
            Portfolio.Apartment(id: 2_002, building: house.id, unitNumber: "1B", bedrooms: 3, sqft: 1_100),
        ]
        portfolio.areas = [Portfolio.Area(id: 3_001, building: hall.id, name: "Lobby", sqft: 1_500)]
        portfolio.supplies = [
            try supply(9_001, "ELM-E", 42, "Electric", percent: 300, in: house.id, companies),
            try supply(9_002, "ELM-G", 231, "Gas", percent: 800, in: house.id, companies, isForHeating: true),
            try supply(9_003, "ELM-1A-E", 42, "Electric", percent: 60, in: house.id, companies, apartment: 2_001),
            try supply(9_004, "OAK-W", 3, "Water", percent: 2_000, in: hall.id, companies),
        ]
        return portfolio
    }

    private static func organization(owner: String) -> Portfolio.Organization {
        func person(_ id: Int, _ username: String, _ first: String, _ last: String) -> Portfolio.Person {
            Portfolio.Person(id: id, username: username, personID: 600 + id, firstName: first, lastName: last)
        }
        return Portfolio.Organization(
            id: 701, name: "Sandbox Housing",
            members: [
                .init(id: 711, role: "owner", access: "own", person: person(1, owner, "Dana", "Developer")),
                .init(id: 712, role: "admin", access: "edit", person: person(901, "erin", "Erin", "Editor")),
                .init(id: 713, role: "member", access: "view", person: person(902, "vic", "Vic", "Viewer")),
            ])
    }

    private static func supply(
        _ id: Int, _ account: String, _ company: Int, _ dataType: String, percent: Int, in building: Int,
        _ companies: [UtilityCompany], apartment: Int? = nil, isForHeating: Bool = false
    ) throws(APIFailure) -> Portfolio.Supply {
        let sample = SampleHomes.SampleMeter(account, company: company, dataType, percent: percent)
        var meter = try Meter(id: id, fields: RequestFields(sample.fields), companies: companies)
        for (month, bill) in SampleBills.year(of: dataType, percent: percent).enumerated() {
            meter.rawData.append(try RawDatum(id: id * 100 + month + 1, fields: bill))
        }
        return Portfolio.Supply(meter: meter, building: building, apartment: apartment, isForHeating: isForHeating)
    }

    private static let elmStreet = [
        "address": "40 Elm St, Cambridge, MA 02139", "nickname": "Elm Street House", "building_type": "lowrise",
        "year_built": "1928", "sqft": "13000", "has_basement": "true", "basement_sqft": "1000",
        "basement_conditioned": "false", "n_stories": "3", "heating_system": "h_e_boiler", "heating_fuel": "Gas",
        "cooling_system": "window_ac", "hot_water_fuel": "Gas", "hot_water_system": "indirect_with_heat",
    ]

    private static let oakHall = [
        "address": "2 Oak Sq, Brighton, MA 02135", "nickname": "Oak Hall", "building_type": "midrise",
        "year_built": "1987", "sqft": "42000", "has_basement": "false", "n_stories": "6",
        "heating_system": "steam_boiler", "heating_fuel": "Oil", "cooling_system": "rooftop",
        "hot_water_fuel": "Oil", "hot_water_system": "tankless_coil",
    ]
}
