// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Whom a credential belongs to at the upstream, as far as the upstream told.
package struct UpstreamAccount: Sendable, Equatable {
    /// Stays the same when the account is renamed.
    package var id: String?
    package var username: String?

    package init(id: String? = nil, username: String? = nil) {
        self.id = id
        self.username = username
    }

    package var isEmpty: Bool { id == nil && username == nil }

    package enum Comparison: Sendable {
        case same, other
        /// They have nothing in common by which it could be told.
        case unclear
    }

    /// Ids decide; names only where one side has no id. Whatever comes first is taken for the right one.
    package func compared(with known: UpstreamAccount) -> Comparison {
        if known.isEmpty { return .same }
        if let id, let knownID = known.id { return id == knownID ? .same : .other }
        if let username, let knownName = known.username { return username == knownName ? .same : .other }
        return .unclear
    }
}
