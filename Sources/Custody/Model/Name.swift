// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A validated name, told apart by what it names: a tenant's name is not a caller's name.
///
/// The grammar is `[A-Za-z0-9][A-Za-z0-9._@-]{0,63}`; names are case-sensitive. They may appear in logs, answers and commands.
package struct Name<Kind>: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let rawValue: String

    /// Nil unless the text follows the grammar.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= nameMaximumLength, isLetterOrDigit(first),
            bytes.allSatisfy({ isLetterOrDigit($0) || isPunctuation($0) })
        else { return nil }
        rawValue = text
    }

    package var description: String { rawValue }

    package static func < (left: Name, right: Name) -> Bool { left.rawValue < right.rawValue }
}

package enum TenantKind {}
package enum ConsumerKind {}
package enum HomeUserKind {}
package enum CallerKind {}

package typealias TenantName = Name<TenantKind>
package typealias ConsumerName = Name<ConsumerKind>
package typealias HomeUserName = Name<HomeUserKind>
package typealias CallerName = Name<CallerKind>

/// The longest name, in bytes.
package let nameMaximumLength = 64

/// The grammar of names as a part of a sentence, for messages to people.
package let nameGrammar = "1 to 64 letters, digits, '.', '_', '@' or '-', beginning with a letter or digit"

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): true
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
}

private func isPunctuation(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "-"): true
    default: false
    }
}
