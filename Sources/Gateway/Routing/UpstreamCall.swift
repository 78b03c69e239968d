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

    init(
        _ method: String, _ segments: [String], _ query: [Parameter], _ catalogue: RouteCatalogue
    ) throws(GatewayError) {
        try Self.refuseProtocolParameters(query)
        self.method = method
        target = UpstreamTarget(segments: segments, query: query)
        // HEAD asks for what GET would answer, so it goes by the same entry.
        switch catalogue.match(method: method == "HEAD" ? "GET" : method, segments: segments) {
        case .known(let route):
            label = route.identifier
            template = route.template
            signer = route.signer
            access = route.access
        case .unlisted, .wrongMethod:
            label = "unlisted"
            template = "/api/v1/..."
            signer = .homeUser
            access = Self.isReading(method) ? .read : Self.isAboutUsers(segments) ? .users : .write
        case .outside:
            throw .pathNotForwarded
        }
        try Self.refuseCreation(method, segments)
    }

    /// Whether repeating the call changes nothing (RFC 9110 section 9.2.1).
    var changesNothing: Bool { Self.isReading(method) }

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

    /// The answer to a creation of a home user holds a token pair. It must not pass to the caller.
    private static func refuseCreation(_ method: String, _ segments: [String]) throws(GatewayError) {
        if method == "POST" && isAboutUsers(segments) { throw .captureUnavailable }
    }

    /// Whether home users are created, changed or destroyed there, in whatever spelling the path came ("users", "user",
    /// "user.json").
    private static func isAboutUsers(_ segments: [String]) -> Bool {
        segments.count >= 4 && segments[2].lowercased() == "wego_home" && segments[3].lowercased().hasPrefix("user")
    }
}
