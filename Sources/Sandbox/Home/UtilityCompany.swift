// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A utility company of the public resource. The seeds are invented but for their form.
struct UtilityCompany: Sendable, Hashable {
    let id: Int
    let dataType: String
    let name: String
    let shortName: String
    let stateCode: String

    static let seeds = [
        UtilityCompany(id: 1, dataType: "Electric", name: "Bay Light and Power", shortName: "BLP", stateCode: "MA"),
        UtilityCompany(id: 2, dataType: "Gas", name: "Harbor Gas Company", shortName: "Harbor Gas", stateCode: "MA"),
        UtilityCompany(id: 3, dataType: "Water", name: "City Water Works", shortName: "CWW", stateCode: "MA"),
        UtilityCompany(id: 4, dataType: "Oil", name: "Granite Fuel Oil", shortName: "Granite", stateCode: "NH"),
        UtilityCompany(id: 5, dataType: "Steam", name: "District Steam", shortName: "District", stateCode: "NY"),
        UtilityCompany(id: 6, dataType: "Propane", name: "Green Valley Propane", shortName: "GVP", stateCode: "VT"),
        UtilityCompany(id: 7, dataType: "Solar", name: "Rooftop Solar Pool", shortName: "RSP", stateCode: "CA"),
        UtilityCompany(id: 42, dataType: "Electric", name: "Commonwealth Edge", shortName: "CommEdge", stateCode: "MA"),
        UtilityCompany(id: 231, dataType: "Gas", name: "Northern Pipe Gas", shortName: "Northern", stateCode: "ME"),
    ]

    var json: JSONOutput {
        .object([
            ("id", .integer(id)), ("data_type", .string(dataType)), ("name", .string(name)),
            ("short_name", .string(shortName)), ("state_code", .string(stateCode)),
        ])
    }
}
