// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What a meter measures. The raw value is the spelling of replies.
package enum MeterType: String, Sendable, CaseIterable {
    case gas = "Gas"
    case electric = "Electric"
    case water = "Water"
    case oil = "Oil"
    case steam = "Steam"
    case propane = "Propane"
    case solar = "Solar"

    /// Reads a `data_type` in whatever letter case.
    package init?(dataType text: String) {
        let wanted = text.lowercased()
        guard let type = Self.allCases.first(where: { $0.rawValue.lowercased() == wanted }) else { return nil }
        self = type
    }
}

/// The closed word lists of a meter's members.
package enum MeterVocabulary {
    /// As replies spell them; requests may use any letter case.
    package static let dataTypes = MeterType.allCases.map(\.rawValue)
    package static let coverages = ["all", "common", "apartment", "area", "none"]

    /// The reply's spelling of a data type, whatever case the request used.
    package static func dataType(_ text: String) -> String? {
        MeterType(dataType: text)?.rawValue
    }
}
