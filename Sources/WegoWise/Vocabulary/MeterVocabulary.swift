// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The closed word lists of a meter's members.
package enum MeterVocabulary {
    /// As replies spell them; requests may use any letter case.
    package static let dataTypes = ["Gas", "Electric", "Water", "Oil", "Steam", "Propane", "Solar"]
    package static let coverages = ["all", "common", "apartment", "area", "none"]

    /// The reply's spelling of a data type, whatever case the request used.
    package static func dataType(_ text: String) -> String? {
        dataTypes.first { $0.lowercased() == text.lowercased() }
    }
}
