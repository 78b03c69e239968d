// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// What is wrong with the configuration key `upstream.routes`.
package enum RouteOverrideError: Error, Sendable, Hashable {
    case notAnObject(found: String)
    case pathExpected(_ identifier: String, found: String)
    case unknownRoute(_ identifier: String)
    case givenTwice(_ identifier: String)
    case tooManyPaths(_ identifier: String, Int)
    case pathTwice(_ identifier: String)
    case badPath(_ identifier: String, path: String, reason: String)
    case variablesDiffer(_ identifier: String, path: String, expected: [String])
    case collision(_ identifier: String, with: String, method: String, path: String)
}

extension RouteOverrideError {
    /// The configuration key to look at.
    package var key: String {
        switch self {
        case .notAnObject: "upstream.routes"
        case .pathExpected(let identifier, _), .unknownRoute(let identifier), .givenTwice(let identifier),
            .tooManyPaths(let identifier, _), .pathTwice(let identifier), .badPath(let identifier, _, _),
            .variablesDiffer(let identifier, _, _), .collision(let identifier, _, _, _):
            "upstream.routes.\(ShownText(identifier))"
        }
    }

    /// One sentence for whoever wrote the configuration.
    package var explanation: String {
        switch self {
        case .notAnObject(let found):
            "expected an object from route identifiers to paths, found \(found)"
        case .pathExpected(_, let found):
            "expected a path or an array of paths, the primary one first, found \(found)"
        case .unknownRoute:
            "there is no route of this name; 'wego-gateway routes' lists them"
        case .givenTwice:
            "the route is given twice"
        case .tooManyPaths(_, let count):
            "expected at most \(RouteOverride.maximumPaths) paths, found \(count)"
        case .pathTwice:
            "a path is given twice"
        case .badPath(_, let path, let reason):
            "the path \(ShownText(path).quoted) \(reason)"
        case .variablesDiffer(_, let path, let expected):
            expected.isEmpty
                ? "the path \(ShownText(path).quoted) must have no variables"
                : "the path \(ShownText(path).quoted) must have exactly these variables in this order: "
                    + expected.map { "{\($0)}" }.joined(separator: ", ")
        case .collision(_, let other, let method, let path):
            "\(method) \(path) would also mean the route \(other)"
        }
    }
}

extension RouteOverrideError: CustomStringConvertible {
    package var description: String { "\(key): \(explanation)" }
}
