// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A one-line address, taken apart as far as its commas allow: "123 Main St, Boston, MA 02118".
struct PostalAddress: Hashable {
    let streetAddress: String?
    let city: String?
    /// Two letters.
    let state: String?
    let zipCode: String?

    init(_ line: String) {
        let parts = line.split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
        streetAddress = parts.first
        city = parts.count > 1 ? parts[1] : nil
        let region = (parts.count > 2 ? parts[2] : "").split(separator: " ").map(String.init)
        state = region.first { $0.count == 2 && $0.allSatisfy(\.isLetter) }?.uppercased()
        zipCode = region.first { $0.first?.isNumber == true }
    }

    /// Geocoding is beyond a sandbox, so the climate zone and the county stay unknown.
    var json: JSONOutput {
        .object([
            ("city", .optional(city)), ("climate_zone", .null), ("country", .string("US")), ("county", .null),
            ("state", .optional(state)), ("street_address", .optional(streetAddress)), ("zip_code", .optional(zipCode)),
        ])
    }
}
