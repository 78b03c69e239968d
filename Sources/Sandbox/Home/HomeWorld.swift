// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Everything the simulated service knows about home users. A value: no clock, no chance, no sockets.
struct HomeWorld: Sendable {
    /// What one process may hold.
    struct Limits: Sendable {
        var accounts = 10_000
        var metersPerAccount = 1_000
        var rawDataPerMeter = 10_000
    }

    struct Account: Sendable {
        let id: Int
        let kind: AccountKind
        var building: Building?
        /// In ascending order of their ids.
        var meters: [Meter] = []
    }

    let companies: [UtilityCompany]
    let limits: Limits
    private(set) var accounts: [String: Account] = [:]
    private var lastIdentifier = Identifiers()

    private struct Identifiers {
        var account = 0, building = 0, meter = 0, rawDatum = 0
    }

    init(companies: [UtilityCompany] = UtilityCompany.seeds, limits: Limits = Limits()) {
        self.companies = companies
        self.limits = limits
    }
}

// MARK: - Users

extension HomeWorld {
    /// Adds an account without asking for more than its name; for those the sandbox starts with.
    @discardableResult
    mutating func addAccount(_ username: String, kind: AccountKind) -> Int {
        lastIdentifier.account += 1
        accounts[username] = Account(id: lastIdentifier.account, kind: kind)
        return lastIdentifier.account
    }

    /// In the order in which they came.
    var usernames: [String] { accounts.sorted { $0.value.id < $1.value.id }.map(\.key) }

    /// The service shows this one id as text, all others as numbers.
    func currentUser(_ username: String) -> JSONOutput {
        .object([("id", .optional(accounts[username].map { String($0.id) })), ("username", .string(username))])
    }

    mutating func createUser(_ fields: RequestFields, by creator: String) throws(APIFailure) -> (id: Int, name: String)
    {
        guard accounts[creator]?.kind == .developer else { throw .developersOnly }
        var reader = FieldReader(fields)
        for name in ["email", "first_name", "last_name", "password"] { _ = reader.text(name, required: true) }
        let username = reader.text("username", required: true)
        if let username, accounts[username] != nil { reader.complain("username", "has already been taken") }
        try reader.finish()
        guard let username else { throw .invalid("Username can't be blank") }
        guard accounts.count < limits.accounts else { throw .full(limits.accounts, "users") }
        return (addAccount(username, kind: .home), username)
    }

    mutating func destroyUser(_ username: String) {
        accounts[username] = nil
    }
}

// MARK: - Building

extension HomeWorld {
    mutating func createBuilding(_ fields: RequestFields, for username: String) throws(APIFailure) -> JSONOutput {
        guard accounts[username]?.building == nil else { throw .buildingExists }
        let building = try Building(id: lastIdentifier.building + 1, fields: fields)
        lastIdentifier.building = building.id
        accounts[username]?.building = building
        return building.json
    }

    func building(of username: String) throws(APIFailure) -> JSONOutput {
        guard let building = accounts[username]?.building else { throw .buildingNotFound }
        return building.json
    }

    /// Takes the meters and their raw data along.
    mutating func deleteBuilding(of username: String) throws(APIFailure) {
        guard accounts[username]?.building != nil else { throw .buildingNotFound }
        accounts[username]?.building = nil
        accounts[username]?.meters = []
    }
}

// MARK: - Meters and raw data

extension HomeWorld {
    mutating func createMeter(_ fields: RequestFields, for username: String) throws(APIFailure) -> JSONOutput {
        let meter = try Meter(id: lastIdentifier.meter + 1, fields: fields, companies: companies)
        guard accounts[username]?.meters.count ?? 0 < limits.metersPerAccount else {
            throw .full(limits.metersPerAccount, "meters of one user")
        }
        lastIdentifier.meter = meter.id
        accounts[username]?.meters.append(meter)
        return .object([("id", .integer(meter.id))])
    }

    func meters(of username: String) -> JSONOutput {
        guard let account = accounts[username] else { return .array([]) }
        return .array(account.meters.map { $0.json(buildings: account.building == nil ? 0 : 1) })
    }

    mutating func deleteMeter(_ id: Int?, of username: String) throws(APIFailure) {
        let index = try position(of: id, owner: username, reading: false)
        accounts[username]?.meters.remove(at: index)
    }

    mutating func createRawDatum(
        _ fields: RequestFields, on meter: Int?, of username: String
    ) throws(APIFailure) -> JSONOutput {
        let index = try position(of: meter, owner: username, reading: false)
        let datum = try RawDatum(id: lastIdentifier.rawDatum + 1, fields: fields)
        guard accounts[username]?.meters[index].rawData.count ?? 0 < limits.rawDataPerMeter else {
            throw .full(limits.rawDataPerMeter, "raw data of one meter")
        }
        lastIdentifier.rawDatum = datum.id
        accounts[username]?.meters[index].rawData.append(datum)
        return datum.json
    }

    func rawData(of meter: Int?, owner username: String) throws(APIFailure) -> JSONOutput {
        let index = try position(of: meter, owner: username, reading: true)
        let rawData = accounts[username]?.meters[index].rawData ?? []
        return .array(rawData.sorted(by: RawDatum.newestFirst).map(\.json))
    }

    mutating func deleteRawDatum(_ id: Int?, of meter: Int?, owner username: String) throws(APIFailure) {
        let index = try position(of: meter, owner: username, reading: true)
        guard let datum = accounts[username]?.meters[index].rawData.firstIndex(where: { $0.id == id }) else {
            throw .rawDatumNotFound
        }
        accounts[username]?.meters[index].rawData.remove(at: datum)
    }

    /// Another user's meter is as unknown as one that does not exist.
    private func position(of meter: Int?, owner: String, reading: Bool) throws(APIFailure) -> Int {
        guard let index = accounts[owner]?.meters.firstIndex(where: { $0.id == meter }) else {
            throw .meterNotFound(reading: reading)
        }
        return index
    }
}
