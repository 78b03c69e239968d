// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension Portfolio.Person {
    /// The organization is left out where it would contain itself.
    func json(organization: Portfolio.Organization?) -> JSONOutput {
        let name = organization.map { JSONOutput.object([("id", .integer($0.id)), ("name", .string($0.name))]) }
        return .object([
            ("id", .integer(id)), ("username", .string(username)), ("phone", .null), ("person_id", .integer(personID)),
            ("first_name", .string(firstName)), ("last_name", .string(lastName)), ("organization", name ?? .null),
        ])
    }
}

extension Portfolio.Organization {
    var json: JSONOutput {
        let owner = members.first { $0.role == "owner" }
        return .object([
            ("id", .integer(id)), ("name", .string(name)),
            ("owner", owner.map { $0.person.json(organization: nil) } ?? .null),
        ])
    }

    var membersJSON: JSONOutput {
        .array(
            members.map { member in
                .object([
                    ("id", .integer(member.id)), ("role", .string(member.role)), ("access", .string(member.access)),
                    ("organization_id", .integer(id)), ("user", member.person.json(organization: nil)),
                ])
            })
    }
}

extension Portfolio.Apartment {
    var json: JSONOutput {
        .object([
            ("id", .integer(id)), ("n_bedrooms", .integer(bedrooms)), ("quarantine", .bool(false)),
            ("building_id", .integer(building)), ("unit_number", .string(unitNumber)), ("sqft", .integer(sqft)),
        ])
    }
}

extension Portfolio.Area {
    /// No source shows an area; these members are a guess.
    var json: JSONOutput {
        .object([
            ("id", .integer(id)), ("building_id", .integer(building)), ("name", .string(name)),
            ("sqft", .integer(sqft)),
        ])
    }
}

extension Portfolio.Supply {
    var json: JSONOutput {
        let company = meter.company
        return .object([
            ("buildings_count", .integer(1)), ("coverage", .string(apartment == nil ? "common" : "apartment")),
            ("data_type", .optional(meter.dataType)), ("for_heating", .bool(isForHeating)),
            ("id", .integer(meter.id)), ("notes", .optional(meter.notes)),
            ("scope", .string(apartment == nil ? "BuildingMeter" : "ApartmentMeter")),
            ("utility_company", .object([("id", .optional(company.id)), ("name", .optional(company.name))])),
        ])
    }
}

extension Portfolio {
    func structuresJSON(of supply: Supply) -> JSONOutput {
        if let apartment = apartments.first(where: { $0.id == supply.apartment }) {
            return .array([
                Self.structure("Apartment \(apartment.unitNumber)", apartment.id, apartment.sqft, "Apartment")
            ])
        }
        guard let building = structures.first(where: { $0.building.id == supply.building })?.building else {
            return .array([])
        }
        return .array([Self.structure(building.nickname ?? "", building.id, building.sqft, "Building")])
    }

    private static func structure(_ name: String, _ id: Int, _ sqft: Int, _ type: String) -> JSONOutput {
        .object([
            ("name", .string(name)), ("id", .integer(id)), ("sqft", .integer(sqft)), ("type", .string(type)),
        ])
    }
}
