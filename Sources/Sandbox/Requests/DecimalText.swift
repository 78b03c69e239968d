// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A decimal number kept as text, so that no cent is lost: `300` and `"300.00"` both read "300.0".
struct DecimalText: Hashable {
    /// Digits before and after the point together; longer numbers are refused.
    static let maximumDigits = 30

    /// No leading zeros, at least one digit behind the point, no trailing zeros behind that.
    let text: String

    /// Accepts an optional minus sign, digits, and an optional fraction. No exponent.
    init?(_ source: String) {
        let isNegative = source.hasPrefix("-")
        let parts = source.dropFirst(isNegative ? 1 : 0).split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            parts.reduce(0, { $0 + $1.utf8.count }) <= Self.maximumDigits
        else { return nil }
        let whole = parts[0].drop { $0 == "0" }
        var fraction = parts.count == 2 ? parts[1] : "0"
        while fraction.count > 1, fraction.last == "0" { fraction.removeLast() }
        let magnitude = (whole.isEmpty ? "0" : String(whole)) + "." + fraction
        text = isNegative && magnitude != "0.0" ? "-" + magnitude : magnitude
    }

    /// The value, if it is whole and small enough for a 64-bit float to hold exactly.
    var integer: Int? {
        guard text.hasSuffix(".0"), let value = Int(text.dropLast(2)), value.magnitude < 1 << 53 else { return nil }
        return value
    }
}
