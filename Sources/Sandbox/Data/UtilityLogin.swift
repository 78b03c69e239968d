// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The login for a utility company's web site, from which the service imports bills. A sandbox imports nothing and
/// keeps no passwords.
struct UtilityLogin: Hashable {
    /// A password that plays a refused login.
    static let badPassword = "wrong"

    let id: Int
    let company: UtilityCompany
    private(set) var username: String
    private(set) var status: String

    init(id: Int, fields: RequestFields, companies: [UtilityCompany]) throws(APIFailure) {
        var reader = FieldReader(fields)
        let username = reader.text("username", required: true)
        let password = reader.text("password", required: true)
        let companyID = reader.integer("utility_company_id", required: true)
        let company = companies.first { $0.id == companyID }
        if companyID != nil, company == nil { reader.complain("utility_company_id", "is invalid") }
        try reader.finish()
        guard let username, let company else { throw .invalid("Username can't be blank") }
        (self.id, self.company, self.username) = (id, company, username)
        status = Self.status(password)
    }

    mutating func update(_ fields: RequestFields) throws(APIFailure) {
        var reader = FieldReader(fields)
        let (username, password) = (reader.text("username"), reader.text("password"))
        for name in ["username", "password"] where fields[name] != nil && fields[name].isAbsent {
            reader.complain(name, "can't be blank")
        }
        try reader.finish()
        self.username = username ?? self.username
        if let password { status = Self.status(password) }
    }

    private static func status(_ password: String?) -> String {
        password == badPassword ? "bad_login" : "success"
    }

    func json(accountNumbers: [String]) -> JSONOutput {
        .object([
            ("id", .integer(id)), ("status", .string(status)), ("username", .string(username)),
            ("utility_company", .object([("name", .string(company.name))])),
            ("account_numbers", .array(accountNumbers.map(JSONOutput.string))),
        ])
    }
}
