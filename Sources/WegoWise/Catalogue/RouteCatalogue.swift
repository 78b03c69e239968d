// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Every operation of the upstream that is known, and the search for the one a request means.
package struct RouteCatalogue: Sendable {
    /// All product areas as documented.
    package static let standard = RouteCatalogue(
        routes: AccountRoutes.all + HomeRoutes.all + DataRoutes.all + ProRoutes.all + PublicRoutes.all)

    package let routes: [Route]
    private let tree: RouteTree

    /// Two routes with the same method and path are a mistake in the tables, and stop the program.
    package init(routes: [Route]) {
        do throws(RouteCollision) {
            try self.init(checking: routes)
        } catch {
            preconditionFailure("\(error.method) \(error.path) is in the catalogue twice")
        }
    }

    init(checking routes: [Route]) throws(RouteCollision) {
        self.routes = routes
        var tree = RouteTree()
        for route in routes {
            for spelling in route.spellings {
                if let other = tree.insert(route, at: PathTemplate.segments(of: spelling)) {
                    throw RouteCollision(method: route.method, path: spelling, first: other, second: route)
                }
            }
        }
        self.tree = tree
    }

    /// Finds the route of a request in one walk down the tree; called for every request.
    ///
    /// `segments` are the decoded path segments. The method is compared with regard to case (RFC 9110, 9.1).
    package func match(method: String, segments: [String]) -> RouteMatch {
        guard let place = tree.place(of: segments) else { return Self.isBelowPrefix(segments) ? .unlisted : .outside }
        if let route = tree.operation(at: place, method: method) { return .known(route) }
        return .wrongMethod(allowed: tree.allowed(at: place))
    }

    /// The route of this name.
    package func route(_ identifier: String) -> Route? {
        routes.first { $0.identifier == identifier }
    }

    private static func isBelowPrefix(_ segments: [String]) -> Bool {
        segments.count > 2 && segments[0] == "api" && segments[1] == "v1"
    }
}

/// Two routes that one request could mean.
struct RouteCollision: Error {
    let method: String
    let path: String
    let first: Route
    let second: Route
}

/// What the catalogue says about a request.
package enum RouteMatch: Sendable, Hashable {
    case known(Route)
    /// Below `/api/v1/`, but not in the catalogue.
    case unlisted
    /// The path is known, the method is not. `allowed` is sorted. Lenient gateways treat this as `unlisted`.
    case wrongMethod(allowed: [String])
    /// Neither below `/api/v1/` nor `/oauth/user`: never forwarded.
    case outside
}
