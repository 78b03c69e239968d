// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One thing that is wrong with a body. Holds no value of a secret member and no control characters.
package struct Fault: Sendable, Hashable {
    /// RFC 6901; empty for the whole body.
    package let pointer: String
    /// Completes "found ...": type and, unless it is secret, the beginning of the value.
    package let found: String
    /// Completes "expected ...".
    package let allowed: String

    /// One sentence that names the member, what was expected and what was found.
    package var sentence: String {
        "\(pointer.isEmpty ? "The body" : String(pointer.dropFirst())): expected \(allowed), found \(found)."
    }

    var json: OrderedJSON {
        .object([
            ("pointer", .string(pointer)), ("found", .string(found)), ("allowed", .string(allowed)),
            ("detail", .string(sentence)),
        ])
    }
}
