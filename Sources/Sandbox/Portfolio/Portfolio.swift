// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// wego_pro: what one user's organization looks after. The sandbox lets it be read; of the writing operations only
/// the documented change of a building is there.
struct Portfolio: Sendable {
    struct Organization: Sendable {
        let id: Int
        let name: String
        let members: [Member]
    }

    struct Member: Sendable {
        let id: Int
        let role: String
        let access: String
        let person: Person
    }

    struct Person: Sendable {
        let id: Int
        let username: String
        let personID: Int
        let firstName: String
        let lastName: String
    }

    struct Structure: Sendable {
        let building: Building
        var development: Int?
    }

    struct Apartment: Sendable {
        let id: Int
        let building: Int
        let unitNumber: String
        let bedrooms: Int
        let sqft: Int
    }

    struct Area: Sendable {
        let id: Int
        let building: Int
        let name: String
        let sqft: Int
    }

    /// A meter of a building, or of one apartment in it.
    struct Supply: Sendable {
        var meter: Meter
        let building: Int
        var apartment: Int?
        var isForHeating = false
    }

    var organizations: [Organization] = []
    var structures: [Structure] = []
    var apartments: [Apartment] = []
    var areas: [Area] = []
    var supplies: [Supply] = []
}

// MARK: - Buildings and what is in them

extension Portfolio {
    /// An id of nil finds nothing.
    func building(_ id: Int?) throws(APIFailure) -> Building {
        guard let found = structures.first(where: { $0.building.id == id }) else { throw .buildingNotFound }
        return found.building
    }

    func buildings(ofDevelopment id: Int?) throws(APIFailure) -> [Building] {
        let found = structures.filter { $0.development != nil && $0.development == id }
        guard !found.isEmpty else { throw .notFound("Development") }
        return found.map(\.building)
    }

    /// The change that the documentation's example makes.
    mutating func updateBuilding(_ id: Int?, _ fields: RequestFields) throws(APIFailure) -> Building {
        guard let index = structures.firstIndex(where: { $0.building.id == id }) else { throw .buildingNotFound }
        let building = try structures[index].building.updated(with: fields)
        structures[index] = Structure(building: building, development: structures[index].development)
        return building
    }

    func apartment(_ id: Int?) throws(APIFailure) -> Apartment {
        guard let found = apartments.first(where: { $0.id == id }) else { throw .notFound("Apartment") }
        return found
    }

    func area(_ id: Int?) throws(APIFailure) -> Area {
        guard let found = areas.first(where: { $0.id == id }) else { throw .notFound("Area") }
        return found
    }

    func supply(_ id: Int?) throws(APIFailure) -> Supply {
        guard let found = supplies.first(where: { $0.meter.id == id }) else { throw .notFound("Meter") }
        return found
    }

    func organization(_ id: Int?) throws(APIFailure) -> Organization {
        guard let found = organizations.first(where: { $0.id == id }) else { throw .notFound("Organization") }
        return found
    }
}
