// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import WegoWise

/// A meter of a home user, with what was read from it.
struct Meter: Hashable {
    /// The company as the list shows it. A company of the user's own naming has no id.
    struct Company: Hashable {
        let id: Int?
        let name: String?
    }

    let id: Int
    let accountNumber: String
    /// Capitalised, whatever the request wrote.
    let dataType: String?
    private(set) var nickname: String?
    private(set) var notes: String?
    let company: Company
    var rawData: [RawDatum] = []

    init(id: Int, fields: RequestFields, companies: [UtilityCompany]) throws(APIFailure) {
        var reader = FieldReader(fields)
        let accountNumber = reader.text("account_number", required: true)
        let requestedType = reader.choice(
            "data_type", of: MeterVocabulary.dataTypes + MeterVocabulary.dataTypes.map { $0.lowercased() })
        let customCompany = reader.text("other_utility_company")
        var known: UtilityCompany?
        if let companyID = reader.integer("utility_company_id") {
            known = companies.first { $0.id == companyID }
            if known == nil { reader.complain("utility_company_id", "is invalid") }
        }
        self.id = id
        self.accountNumber = accountNumber ?? ""
        dataType = requestedType.flatMap(MeterVocabulary.dataType) ?? known?.dataType
        nickname = reader.text("nickname")
        notes = reader.text("notes")
        company = Company(id: known?.id, name: known?.name ?? customCompany)
        if let known, known.dataType != dataType {
            reader.complain("data_type", "must be the utility company's data type")
        }
        // The login for the company's web site: a sandbox imports nothing and keeps no passwords.
        _ = reader.text("username")
        _ = reader.text("password")
        try reader.finish()
    }

    /// What was not given stays as it is; null or blank text empties it.
    mutating func update(_ fields: RequestFields) throws(APIFailure) {
        var reader = FieldReader(fields)
        let (nickname, notes) = (reader.text("nickname"), reader.text("notes"))
        _ = reader.flag("for_heating")
        try reader.finish()
        if fields["nickname"] != nil { self.nickname = nickname }
        if fields["notes"] != nil { self.notes = notes }
    }

    func json(buildings: Int) -> JSONOutput {
        .object([
            ("id", .integer(id)),
            ("account_number", .string(accountNumber)),
            ("buildings_count", .integer(buildings)),
            ("coverage", .string("all")),
            ("data_type", .optional(dataType)),
            ("nickname", .optional(nickname)),
            ("notes", .optional(notes)),
            ("scope", .string("HomeMeter")),
            ("utility_company", .object([("id", .optional(company.id)), ("name", .optional(company.name))])),
        ])
    }
}
