// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A whole number and the letters behind it, as in `30s`. Nothing else may stand in the text.
struct Quantity {
    let count: Int
    let unit: String

    /// Nil when the number is missing, signed, fractional, or longer than twelve digits.
    init?(_ text: String) {
        let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (1...12).contains(digits.count), let count = Int(String(digits) ?? "") else { return nil }
        self.count = count
        self.unit = String(text.dropFirst(digits.count))
    }
}
