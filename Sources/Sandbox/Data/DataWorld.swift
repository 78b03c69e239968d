// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// wego_data: meters and utility logins by user, without homes around them.
struct DataWorld: Sendable {
    struct Entry: Sendable {
        var meter: Meter
        /// The utility login that its bills come from.
        var login: Int?
    }

    struct Holdings: Sendable {
        /// In ascending order of their ids.
        var entries: [Entry] = []
        var logins: [UtilityLogin] = []
    }

    let companies: [UtilityCompany]
    let limits: HomeWorld.Limits
    private var holdings: [String: Holdings] = [:]
    /// Far from those of home users, so that no id means two things.
    private var lastMeter = 5_000
    private var lastRawDatum = 500_000
    private var lastLogin = 0

    init(companies: [UtilityCompany] = UtilityCompany.seeds, limits: HomeWorld.Limits = .init()) {
        self.companies = companies
        self.limits = limits
    }

    mutating func removeUser(_ username: String) { holdings[username] = nil }

    private func entry(_ id: Int?, of username: String) throws(APIFailure) -> Entry {
        guard let entry = holdings[username]?.entries.first(where: { $0.meter.id == id }) else {
            throw .meterNotFound(reading: true)
        }
        return entry
    }

    /// Changes one meter; nothing is kept if `change` throws.
    private mutating func change<Result>(
        _ id: Int?, of username: String, _ change: (inout Meter) throws(APIFailure) -> Result
    ) throws(APIFailure) -> Result {
        var entry = try entry(id, of: username)
        let result = try change(&entry.meter)
        if let index = holdings[username]?.entries.firstIndex(where: { $0.meter.id == id }) {
            holdings[username]?.entries[index] = entry
        }
        return result
    }
}

// MARK: - Meters

extension DataWorld {
    func meters(of username: String) -> JSONOutput {
        .array((holdings[username]?.entries ?? []).map { $0.meter.dataJSON(withNickname: false) })
    }

    func meter(_ id: Int?, of username: String) throws(APIFailure) -> JSONOutput {
        try entry(id, of: username).meter.dataJSON(withNickname: true)
    }

    /// A given utility login names the company and makes user name and password idle; without one, those two and
    /// a company make a new login.
    mutating func createMeter(_ fields: RequestFields, for username: String) throws(APIFailure) -> JSONOutput {
        var reader = FieldReader(fields)
        let loginID = reader.integer("utility_login_id")
        try reader.finish()
        var fields = fields
        var login = loginID
        if let loginID {
            guard let known = holdings[username]?.logins.first(where: { $0.id == loginID }) else {
                throw .invalid("Utility login id is invalid")
            }
            fields.set("utility_company_id", to: String(known.company.id))
        }
        let meter = try Meter(id: lastMeter + 1, fields: fields, companies: companies)
        guard holdings[username]?.entries.count ?? 0 < limits.metersPerAccount else {
            throw .full(limits.metersPerAccount, "meters of one user")
        }
        let credentials = ["username", "password", "utility_company_id"]
        if loginID == nil, credentials.allSatisfy({ !fields[$0].isAbsent }) {
            login = try addLogin(fields, for: username).id
        }
        lastMeter = meter.id
        holdings[username, default: Holdings()].entries.append(Entry(meter: meter, login: login))
        return .object([("id", .integer(meter.id))])
    }

    mutating func updateMeter(
        _ id: Int?, _ fields: RequestFields, of username: String
    ) throws(APIFailure) -> JSONOutput {
        try change(id, of: username) { (meter) throws(APIFailure) in
            try meter.update(fields)
            return meter.dataJSON(withNickname: true)
        }
    }

    mutating func deleteMeter(_ id: Int?, of username: String) throws(APIFailure) {
        _ = try entry(id, of: username)
        holdings[username]?.entries.removeAll { $0.meter.id == id }
    }
}

// MARK: - Utility logins

extension DataWorld {
    mutating func createLogin(_ fields: RequestFields, for username: String) throws(APIFailure) -> JSONOutput {
        try addLogin(fields, for: username).json(accountNumbers: [])
    }

    private mutating func addLogin(_ fields: RequestFields, for username: String) throws(APIFailure) -> UtilityLogin {
        let login = try UtilityLogin(id: lastLogin + 1, fields: fields, companies: companies)
        guard holdings[username]?.logins.count ?? 0 < limits.metersPerAccount else {
            throw .full(limits.metersPerAccount, "utility logins of one user")
        }
        lastLogin = login.id
        holdings[username, default: Holdings()].logins.append(login)
        return login
    }

    func login(_ id: Int?, of username: String) throws(APIFailure) -> JSONOutput {
        guard let login = holdings[username]?.logins.first(where: { $0.id == id }) else {
            throw .utilityLoginNotFound
        }
        let numbers = (holdings[username]?.entries ?? []).filter { $0.login == id }.map(\.meter.accountNumber)
        return login.json(accountNumbers: numbers)
    }

    mutating func updateLogin(
        _ id: Int?, _ fields: RequestFields, of username: String
    ) throws(APIFailure) -> JSONOutput {
        guard let index = holdings[username]?.logins.firstIndex(where: { $0.id == id }) else {
            throw .utilityLoginNotFound
        }
        try holdings[username]?.logins[index].update(fields)
        return try login(id, of: username)
    }
}

// MARK: - Raw data

extension DataWorld {
    func rawData(of meter: Int?, owner username: String, query: RequestFields) throws(APIFailure) -> JSONOutput {
        let rawData = try entry(meter, of: username).meter.rawData
        return .array(try Period(query).only(rawData).sorted(by: RawDatum.newestFirst).map(\.json))
    }

    func rawDatum(_ id: Int?, of meter: Int?, owner username: String) throws(APIFailure) -> JSONOutput {
        guard let datum = try entry(meter, of: username).meter.rawData.first(where: { $0.id == id }) else {
            throw .rawDatumNotFound
        }
        return datum.json
    }

    func latestDatum(of meter: Int?, owner username: String) throws(APIFailure) -> JSONOutput {
        let rawData = try entry(meter, of: username).meter.rawData
        guard let latest = rawData.min(by: RawDatum.newestFirst) else { throw .rawDatumNotFound }
        return latest.json
    }

    mutating func createRawDatum(
        _ fields: RequestFields, on meter: Int?, of username: String
    ) throws(APIFailure) -> JSONOutput {
        let (id, limit) = (lastRawDatum + 1, limits.rawDataPerMeter)
        let json = try change(meter, of: username) { (meter) throws(APIFailure) in
            let datum = try RawDatum(id: id, fields: fields)
            guard meter.rawData.count < limit else { throw .full(limit, "raw data of one meter") }
            meter.rawData.append(datum)
            return datum.json
        }
        lastRawDatum = id
        return json
    }
}

extension Meter {
    /// The list leaves the nickname out.
    fileprivate func dataJSON(withNickname: Bool) -> JSONOutput {
        .object(
            [
                ("account_number", .string(accountNumber)), ("coverage", .string("none")),
                ("data_type", .optional(dataType)), ("id", .integer(id)), ("notes", .optional(notes)),
                ("utility_company", .object([("id", .optional(company.id)), ("name", .optional(company.name))])),
            ] + (withNickname ? [("nickname", .optional(nickname))] : []))
    }
}
