// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import WegoWise

extension Simulator {
    /// The reads of wego_pro. `id` is what follows the resource in the path.
    func readPortfolio(
        _ operation: Substring, id: Int?, segments: [String], request: SandboxRequest, user: String
    ) throws(APIFailure) -> JSONOutput {
        let portfolio = portfolios[user] ?? Portfolio()
        switch operation {
        case "user.show": return currentPerson(user, in: portfolio)
        case "organizations.list": return .array(portfolio.organizations.map(\.json))
        case "organizations.show": return try portfolio.organization(id).json
        case "members.list": return try portfolio.organization(id).membersJSON
        case "buildings.list": return .array(portfolio.structures.map(\.building.json))
        case "buildings.show": return try portfolio.building(id).json
        case "development_buildings.list":
            return .array(try portfolio.buildings(ofDevelopment: id).map(\.json))
        case "apartments.list":
            let building = try portfolio.building(id).id
            return .array(portfolio.apartments.filter { $0.building == building }.map(\.json))
        case "apartments.show": return try portfolio.apartment(id).json
        case "areas.list":
            let building = try portfolio.building(id).id
            return .array(portfolio.areas.filter { $0.building == building }.map(\.json))
        case "areas.show": return try portfolio.area(id).json
        case "user_meters.list":
            guard segments.count > 4, segments[4] == user else { throw .notFound("User") }
            return .array(portfolio.supplies.map(\.json))
        default:
            return try readMeters(operation, id: id, portfolio: portfolio, query: request.parameters)
        }
    }

    private func readMeters(
        _ operation: Substring, id: Int?, portfolio: Portfolio, query: RequestFields
    ) throws(APIFailure) -> JSONOutput {
        switch operation {
        case "building_meters.list": return .array(try supplies(inBuilding: id, of: portfolio).map(\.json))
        case "apartment_meters.list": return .array(try supplies(inApartment: id, of: portfolio).map(\.json))
        case "buildings.data": return try MonthlyData(query).json(try supplies(inBuilding: id, of: portfolio))
        case "apartments.data": return try MonthlyData(query).json(try supplies(inApartment: id, of: portfolio))
        case "meters.data": return try MonthlyData(query).json([try portfolio.supply(id)])
        case "structures.list": return portfolio.structuresJSON(of: try portfolio.supply(id))
        case "raw_data.list":
            let rawData = try portfolio.supply(id).meter.rawData
            return .array(try Period(query).only(rawData).sorted(by: RawDatum.newestFirst).map(\.json))
        default: throw .notSimulated("wego_pro.\(operation)")
        }
    }

    private func supplies(inBuilding id: Int?, of portfolio: Portfolio) throws(APIFailure) -> [Portfolio.Supply] {
        let building = try portfolio.building(id).id
        return portfolio.supplies.filter { $0.building == building }
    }

    private func supplies(inApartment id: Int?, of portfolio: Portfolio) throws(APIFailure) -> [Portfolio.Supply] {
        let apartment = try portfolio.apartment(id).id
        return portfolio.supplies.filter { $0.apartment == apartment }
    }

    private func currentPerson(_ user: String, in portfolio: Portfolio) -> JSONOutput {
        for organization in portfolio.organizations {
            for member in organization.members where member.person.username == user {
                return member.person.json(organization: organization)
            }
        }
        let id = world.accounts[user]?.id ?? 0
        return Portfolio.Person(id: id, username: user, personID: id, firstName: "", lastName: "")
            .json(organization: nil)
    }
}
