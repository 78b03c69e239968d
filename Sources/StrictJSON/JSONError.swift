// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Why a text is not acceptable JSON. Never holds content of the document but member names in `pointer`.
package struct JSONError: Error, Sendable, Equatable {
    /// JSON pointer (RFC 6901) of the innermost value being read; empty for the whole document.
    package let pointer: String

    /// Byte offset in the document where reading stopped.
    package let offset: Int

    /// What is wrong, as part of a sentence: "expected ':' after a member name".
    package let reason: String
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        "\(reason) at byte \(offset)" + (pointer.isEmpty ? "" : " (in \(pointer))")
    }
}

/// What a document may cost.
package struct JSONLimits: Sendable {
    /// Nesting of arrays and objects.
    package var maximumDepth = 64

    /// Values in the whole document.
    package var maximumValues = 100_000

    /// Characters of one number; longer ones are an attack on whoever converts them.
    package var maximumNumberLength = 64

    package init() {}
}
