// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One operation of the upstream: a method on a path, and what is known about it.
///
/// The path is forwarded in the spelling the caller used; `template` only names the route, so it is a safe label
/// for metrics and audit records.
package struct Route: Sendable, Hashable {
    /// A stable name made of product, resource and operation: `wego_home.meters.create`.
    package let identifier: String
    /// Upper case, as on the request line.
    package let method: String
    /// The primary spelling; a segment in braces is variable: `/api/v1/wego_home/meters/{id}`.
    package let template: String
    /// Other spellings of the same operation, where the documentation leaves the path in doubt.
    package let aliases: [String]
    package let signer: RouteSigner
    package let access: RouteAccess
    /// What the documentation says success looks like. The upstream's answer is passed on whatever it is.
    package let successCodes: [Int]
    package let confidence: Confidence

    package init(
        _ identifier: String,
        _ method: String,
        _ template: String,
        aliases: [String] = [],
        signer: RouteSigner,
        access: RouteAccess,
        successCodes: [Int] = [200],
        confidence: Confidence
    ) {
        self.identifier = identifier
        self.method = method
        self.template = template
        self.aliases = aliases
        self.signer = signer
        self.access = access
        self.successCodes = successCodes
        self.confidence = confidence
    }
}

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
