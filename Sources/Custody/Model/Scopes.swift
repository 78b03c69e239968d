// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What a caller may do. Written as a comma-separated list: `read,write`.
package struct Scopes: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let read = Scopes(rawValue: 1)
    package static let write = Scopes(rawValue: 2)
    /// Create and destroy home users.
    package static let users = Scopes(rawValue: 4)
    /// Start and finish the three-legged flow.
    package static let connect = Scopes(rawValue: 8)

    /// Nil for an empty list, an unknown word or a repeated one.
    package init?(text: String) {
        var scopes: Scopes = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let scope = Scopes.words.first(where: { $0.text == word })?.scope, !scopes.contains(scope) else {
                return nil
            }
            scopes.insert(scope)
        }
        self = scopes
    }

    /// The list in its usual order; empty for no scopes.
    package var text: String {
        Scopes.words.filter { contains($0.scope) }.map(\.text).joined(separator: ",")
    }

    private static let words: [(text: String, scope: Scopes)] = [
        ("read", .read), ("write", .write), ("users", .users), ("connect", .connect),
    ]
}
