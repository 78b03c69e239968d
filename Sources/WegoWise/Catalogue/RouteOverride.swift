// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// Other paths for one operation, where the upstream turned out to spell it differently than the catalogue does.
package struct RouteOverride: Sendable, Hashable {
    /// Paths given for one operation; more are refused.
    package static let maximumPaths = 8

    package let identifier: String
    /// The new primary path template.
    package let template: String
    package let aliases: [String]

    package init(_ identifier: String, _ template: String, aliases: [String] = []) {
        self.identifier = identifier
        self.template = template
        self.aliases = aliases
    }

    /// Reads the value of the configuration key `upstream.routes`: an object from identifier to one path or an array
    /// of paths, the primary one first. What the names and paths mean is checked by `RouteCatalogue.applying`.
    package static func list(_ value: JSONValue) throws(RouteOverrideError) -> [RouteOverride] {
        guard let members = value.members else { throw .notAnObject(found: value.typeName) }
        var overrides: [RouteOverride] = []
        for (identifier, value) in members {
            let paths = try paths(value, of: identifier)
            guard let template = paths.first else { throw .pathExpected(identifier, found: "an empty array") }
            overrides.append(RouteOverride(identifier, template, aliases: Array(paths.dropFirst())))
        }
        return overrides
    }

    private static func paths(_ value: JSONValue, of identifier: String) throws(RouteOverrideError) -> [String] {
        if let path = value.string { return [path] }
        guard let elements = value.elements else { throw .pathExpected(identifier, found: value.typeName) }
        var paths: [String] = []
        for element in elements {
            guard let path = element.string else {
                throw .pathExpected(identifier, found: "an array with \(element.typeName) in it")
            }
            paths.append(path)
        }
        return paths
    }
}

extension RouteCatalogue {
    /// A catalogue in which the named operations have other paths.
    ///
    /// The spellings of this catalogue stay known as aliases: were they forgotten, a request that uses one would be
    /// forwarded as unlisted, without validation, and a home user created that way would lose the token.
    package func applying(overrides: [RouteOverride]) throws(RouteOverrideError) -> RouteCatalogue {
        var routes = routes
        var seen: Set<String> = []
        for override in overrides {
            guard let index = routes.firstIndex(where: { $0.identifier == override.identifier }) else {
                throw .unknownRoute(override.identifier)
            }
            guard seen.insert(override.identifier).inserted else { throw .givenTwice(override.identifier) }
            routes[index] = try override.applied(to: routes[index])
        }
        do throws(RouteCollision) {
            return try RouteCatalogue(checking: routes)
        } catch {
            // The key to name is one that was given.
            let (named, other) =
                seen.contains(error.second.identifier) ? (error.second, error.first) : (error.first, error.second)
            throw .collision(named.identifier, with: other.identifier, method: error.method, path: error.path)
        }
    }
}

extension RouteOverride {
    fileprivate func applied(to route: Route) throws(RouteOverrideError) -> Route {
        let given = [template] + aliases
        guard given.count <= Self.maximumPaths else { throw .tooManyPaths(identifier, given.count) }
        for path in given { try check(path, for: route) }
        guard Set(given).count == given.count else { throw .pathTwice(identifier) }
        let kept = route.spellings.filter { !given.contains($0) }
        return route.respelled(template, aliases: aliases + kept)
    }

    private func check(_ path: String, for route: Route) throws(RouteOverrideError) {
        let segments: [PathTemplate.Segment]
        do throws(PathTemplateError) {
            segments = try PathTemplate.parse(path)
        } catch {
            throw .badPath(identifier, path: path, reason: error.reason)
        }
        let isBelowPrefix = segments.count > 2 && segments[0] == .literal("api") && segments[1] == .literal("v1")
        guard isBelowPrefix || path == "/oauth/user" else {
            throw .badPath(identifier, path: path, reason: "must be below /api/v1/")
        }
        let expected = PathTemplate.variables(of: PathTemplate.segments(of: route.template))
        guard PathTemplate.variables(of: segments) == expected else {
            throw .variablesDiffer(identifier, path: path, expected: expected)
        }
    }
}
