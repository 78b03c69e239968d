// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What the value of a member may be.
package enum MemberType: Sendable {
    case text
    /// At least one character that is not white space.
    case textNotBlank
    case integer(IntegerForm)
    /// A decimal quantity or sum: a JSON number, or digits in a string, of magnitude below `DecimalForm.limit`.
    case decimal
    /// A JSON boolean. In lenient mode the strings "true" and "false" too.
    case boolean
    /// `YYYY-MM-DD` in a string, a day there is.
    case date
    /// One of a list.
    case word([String], anyLetterCase: Bool)
    case integerOrWord(IntegerForm, [String])
}

/// Which integers a member may have, and whether they may stand in a string.
package struct IntegerForm: Sendable {
    package let range: ClosedRange<Int>
    /// A regular expression (ECMA-262) for exactly the strings that are accepted.
    package let pattern: String
    /// Whether strict mode accepts the string form as well; lenient mode always does.
    package let isTextAlwaysAllowed: Bool

    private init(_ range: ClosedRange<Int>, _ pattern: String, isTextAlwaysAllowed: Bool) {
        self.range = range
        self.pattern = pattern
        self.isTextAlwaysAllowed = isTextAlwaysAllowed
    }

    /// How many of something. The schema says integer, and an older page shows strings.
    static let count = IntegerForm(0...9_999, "^[0-9]{1,4}$", isTextAlwaysAllowed: false)
    /// Square feet. The schema says integer, its own example shows strings.
    static let area = IntegerForm(0...999_999_999, "^[0-9]{1,9}$", isTextAlwaysAllowed: true)
    /// The schema says string, replies show both.
    static let year = IntegerForm(1_500...2_199, "^(1[5-9]|2[01])[0-9]{2}$", isTextAlwaysAllowed: true)
    /// A number given by the service.
    static let identifier = IntegerForm(1...999_999_999, "^[1-9][0-9]{0,8}$", isTextAlwaysAllowed: true)
    static let level = IntegerForm(0...9, "^[0-9]$", isTextAlwaysAllowed: true)

    /// Digits only: no sign, no space. A leading zero only where the form has no lower bound of its own.
    func accepts(text: String) -> Bool {
        let digits = text.utf8
        guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        guard range.lowerBound == 0 || digits.first != 0x30 else { return false }
        guard digits.count <= String(range.upperBound).utf8.count, let value = Int(text) else { return false }
        return range.contains(value)
    }

    /// JSON knows one kind of number: `2.0` and `2e0` are integers too.
    func accepts(number text: String) -> Bool {
        guard let value = Double(text), let whole = Int(exactly: value) else { return false }
        return range.contains(whole)
    }
}

/// Quantities and sums of money.
enum DecimalForm {
    /// Magnitudes from here on are refused: no bill has them, and doubles begin to lose cents.
    static let limit = 1_000_000_000_000
    /// Digits behind the point in the string form.
    static let maximumFraction = 18
    static let pattern = "^-?[0-9]{1,12}(\\.[0-9]{1,18})?$"

    static func accepts(number text: String) -> Bool {
        guard let value = Double(text) else { return false }
        return value.magnitude < Double(limit)
    }

    /// An optional minus sign, digits, and an optional fraction; no separators, no exponent.
    static func accepts(text: String) -> Bool {
        let bytes = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }) else { return false }
        return parts[0].count <= 12 && (parts.count == 1 || parts[1].count <= maximumFraction)
    }
}
