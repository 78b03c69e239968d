// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import OAuth1
import WegoWise

/// A call of the upstream, matched against the catalogue.
struct UpstreamCall: Sendable {
    let method: String
    let target: UpstreamTarget

    /// The catalogue's identifier, or `unlisted`: a label from a closed set.
    let label: String
    let template: String
    let signer: RouteSigner
    let access: RouteAccess

    /// The catalogue's entry; nil for a call it does not know.
    let route: Route?

    /// Methods the catalogue knows for this path, when the call uses another.
    private let otherMethods: [String]

    init(
        _ method: String, _ segments: [String], _ query: [Parameter], _ catalogue: RouteCatalogue
    ) throws(GatewayError) {
        try Self.refuseProtocolParameters(query)
        self.method = method
        target = UpstreamTarget(segments: segments, query: query)
        // HEAD asks for what GET would answer, so it goes by the same entry.
        let match = catalogue.match(method: method == "HEAD" ? "GET" : method, segments: segments)
        switch match {
        case .known(let route):
            self.route = route
            label = route.identifier
            template = route.template
            signer = route.signer
            access = route.access
        case .unlisted, .wrongMethod:
            route = nil
            label = "unlisted"
            template = "/api/v1/..."
            signer = .homeUser
            access = Self.isReading(method) ? .read : .write
        case .outside:
            throw .pathNotForwarded
        }
        otherMethods = if case .wrongMethod(let allowed) = match { allowed } else { [] }
        try refuseUnknownChange(ofUsersAt: segments)
    }

    /// For strict gateways: only what the catalogue knows.
    func requireListed() throws(GatewayError) {
        guard route == nil else { return }
        guard otherMethods.isEmpty else { throw .methodNotAllowed(allowed: otherMethods) }
        throw .pathNotForwarded
    }

    /// Whether repeating the call changes nothing (RFC 9110 section 9.2.1).
    var changesNothing: Bool { Self.isReading(method) }

    /// What a success means for the store.
    enum CustodyMeaning {
        case none
        case createsUser
        case destroysUser
    }

    var custodyMeaning: CustodyMeaning {
        guard let route, route.access == .users else { return .none }
        if !route.secretsInAnswer.isEmpty { return .createsUser }
        return route.method == "DELETE" ? .destroysUser : .none
    }

    var requiredScope: Scopes {
        switch access {
        case .read: .read
        case .write: .write
        case .users: .users
        }
    }

    private static func isReading(_ method: String) -> Bool {
        method == "GET" || method == "HEAD"
    }

    /// Protocol parameters travel in the header alone (RFC 5849 section 3.1). A second set in the query would be signed along
    /// and could stand for another user.
    private static func refuseProtocolParameters(_ query: [Parameter]) throws(GatewayError) {
        for parameter in query where parameter.name.starts(with: "oauth_".utf8) {
            throw .badTarget(reason: "a query parameter that begins with 'oauth_', which only the gateway may send")
        }
    }

    /// The answer to a creation of a home user holds a token pair, and a deletion leaves a credential of nobody: custody
    /// follows where the catalogue knows of it, and nothing goes past it.
    private func refuseUnknownChange(ofUsersAt segments: [String]) throws(GatewayError) {
        guard route == nil, !changesNothing, Self.isAboutUsers(segments) else { return }
        throw otherMethods.isEmpty ? .captureUnavailable : .methodNotAllowed(allowed: otherMethods)
    }

    /// Whether users may be created, changed or destroyed there, of whatever product and in whatever spelling the path
    /// came ("users", "user", "user.json"). Asked only of paths the catalogue does not know.
    private static func isAboutUsers(_ segments: [String]) -> Bool {
        segments.dropFirst(2).contains { $0.lowercased().hasPrefix("user") }
    }
}
