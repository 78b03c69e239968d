// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets
import WegoWise

extension Simulator {
    /// Performs one catalogued operation. Nil is the empty answer of a deletion.
    mutating func perform(
        _ route: Route, segments: [String], request: SandboxRequest, grant: OAuthProvider.Grant, mint: () -> TokenPair
    ) throws(APIFailure) -> JSONOutput? {
        let user = grant.username
        // Behind /api/v1/wego_home/meters/ and /api/v1/wego_home/meters/{id}/raw_data/; the same in other products.
        let first = segments.count > 4 ? Int(segments[4]) : nil
        let second = segments.count > 6 ? Int(segments[6]) : nil
        let name = route.identifier
        let dot = name.firstIndex(of: ".") ?? name.endIndex
        let operation = name[dot...].dropFirst()
        guard name[..<dot] == "wego_data" || name[..<dot] == "oauth" || world.accounts[user]?.kind != .data else {
            throw .dataAccountsOnly
        }
        switch name[..<dot] {
        case "oauth" where operation == "user.show": return world.currentUser(user)
        case "wego_home" where operation == "users.create":
            return try createUser(try fields(of: request), creator: grant, pair: mint())
        case "wego_home" where operation == "users.destroy": destroyUser(user)
        case "wego_home": return try performHome(operation, first, second, request, user: user)
        case "wego_data": return try performData(operation, first, second, request, user: user)
        case "wego_pro":
            return try readPortfolio(operation, id: first, segments: segments, request: request, user: user)
        case "legacy" where operation == "buildings.update":
            return try updateBuilding(segments, request: request, user: user)
        default: throw .notSimulated(name)
        }
        return nil
    }

    /// The public resource, with its two filters.
    func utilityCompanies(_ query: RequestFields) -> JSONOutput {
        var reader = FieldReader(query)
        let state = reader.text("state")?.uppercased()
        let dataType = reader.text("data_type")?.lowercased()
        let companies = world.companies.filter { company in
            (state ?? company.stateCode) == company.stateCode
                && (dataType ?? company.dataType.lowercased()) == company.dataType.lowercased()
        }
        return .array(companies.map(\.json))
    }

    private func fields(of request: SandboxRequest) throws(APIFailure) -> RequestFields {
        guard request.hasFormBody else { return try RequestFields(json: request.body) }
        // The signature check has read the form before.
        return RequestFields(form: FormEncoding.parse(request.body) ?? [])
    }
}

// MARK: - Products

extension Simulator {
    private mutating func performHome(
        _ operation: Substring, _ meter: Int?, _ datum: Int?, _ request: SandboxRequest, user: String
    ) throws(APIFailure) -> JSONOutput? {
        switch operation {
        case "building.create": return try world.createBuilding(try fields(of: request), for: user)
        case "building.show": return try world.building(of: user)
        case "building.delete": try world.deleteBuilding(of: user)
        case "meters.create": return try world.createMeter(try fields(of: request), for: user)
        case "meters.list": return world.meters(of: user)
        case "meters.delete": try world.deleteMeter(meter, of: user)
        case "raw_data.create": return try world.createRawDatum(try fields(of: request), on: meter, of: user)
        case "raw_data.list": return try world.rawData(of: meter, owner: user)
        case "raw_data.delete": try world.deleteRawDatum(datum, of: meter, owner: user)
        default: throw .notSimulated("wego_home.\(operation)")
        }
        return nil
    }

    private mutating func performData(
        _ operation: Substring, _ id: Int?, _ datum: Int?, _ request: SandboxRequest, user: String
    ) throws(APIFailure) -> JSONOutput? {
        switch operation {
        case "meters.list": return data.meters(of: user)
        case "meters.show": return try data.meter(id, of: user)
        case "meters.create": return try data.createMeter(try fields(of: request), for: user)
        case "meters.update": return try data.updateMeter(id, try fields(of: request), of: user)
        case "meters.delete": try data.deleteMeter(id, of: user)
        case "utility_logins.create": return try data.createLogin(try fields(of: request), for: user)
        case "utility_logins.show": return try data.login(id, of: user)
        case "utility_logins.update": return try data.updateLogin(id, try fields(of: request), of: user)
        case "raw_data.list": return try data.rawData(of: id, owner: user, query: request.parameters)
        case "raw_data.show": return try data.rawDatum(datum, of: id, owner: user)
        case "raw_data.create": return try data.createRawDatum(try fields(of: request), on: id, of: user)
        case "raw_data.latest": return try data.latestDatum(of: id, owner: user)
        default: throw .notSimulated("wego_data.\(operation)")
        }
        return nil
    }

    /// `PUT /api/v1/users/{username}/buildings/{id}`: the data is in the query, the body stays empty.
    private mutating func updateBuilding(
        _ segments: [String], request: SandboxRequest, user: String
    ) throws(APIFailure) -> JSONOutput {
        guard segments.count > 5, segments[3] == user, portfolios[user] != nil else { throw .buildingNotFound }
        let building = try portfolios[user]?.updateBuilding(Int(segments[5]), request.parameters)
        return building?.json ?? .null
    }
}

// MARK: - Users

extension Simulator {
    /// The new user's token is in the answer; the service shows it here and never again.
    private mutating func createUser(
        _ fields: RequestFields, creator: OAuthProvider.Grant, pair: TokenPair
    ) throws(APIFailure) -> JSONOutput {
        let user = try world.createUser(fields, by: creator.username)
        provider.grant(pair, to: user.name, through: creator.consumerKey)
        return .object([
            ("id", .integer(user.id)),
            ("oauth_token_secret", .string(pair.secret.expose { String(decoding: $0, as: UTF8.self) })),
            ("oauth_token_key", .string(pair.token.expose { String(decoding: $0, as: UTF8.self) })),
        ])
    }

    private mutating func destroyUser(_ username: String) {
        world.destroyUser(username)
        data.removeUser(username)
        portfolios[username] = nil
        provider.revokeGrants(of: username)
    }
}
