// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Whose access token signs a route.
package enum RouteSigner: String, Sendable, CaseIterable {
    /// The token of the home user whose data is meant.
    case homeUser
    /// The developer's own token.
    case developer
    /// Any token the upstream knows.
    case anyToken
    /// Nobody: the route is public and is sent unsigned.
    case none

    /// For tables people read.
    package var words: String {
        switch self {
        case .homeUser: "home user"
        case .developer: "developer"
        case .anyToken: "any user"
        case .none: "nobody"
        }
    }
}

/// What a caller must be allowed to do.
package enum RouteAccess: String, Sendable, CaseIterable {
    case read
    case write
    /// Creates or destroys home users, and with them credentials.
    case users
}

/// How well a route is attested.
package enum Confidence: String, Sendable, CaseIterable {
    /// Seen on WegoWise's own API page.
    case documented
    /// Seen in client code or test data written against the service.
    case client
    /// Follows from documented operations by the habits of the service.
    case inferred
    /// Only in a third-party profile; may be invented.
    case thirdParty

    /// A short explanation for people.
    package var words: String {
        switch self {
        case .documented: "seen on WegoWise's own API page"
        case .client: "seen in client code written against the service"
        case .inferred: "inferred from documented operations"
        case .thirdParty: "only in a third-party profile"
        }
    }
}
