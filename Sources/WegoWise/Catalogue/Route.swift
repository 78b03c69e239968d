// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One operation of the upstream: a method on a path, and what is known about it.
///
/// The path is forwarded in the spelling the caller used; `template` only names the route, so it is a safe label
/// for metrics and audit records. A class, because every request is handed one: a copy costs one reference count.
package final class Route: Sendable {
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
    /// Query parameters the upstream is said to read. Others are forwarded as well.
    package let queryNames: [String]
    /// What a body must look like; nil where none is expected or nothing is known.
    package let requestSchema: RequestSchema?
    /// Members of the answer that must not be logged or recorded, at whatever depth they stand.
    package let secretsInAnswer: [String]

    package init(
        _ identifier: String,
        _ method: String,
        _ template: String,
        aliases: [String] = [],
        signer: RouteSigner,
        access: RouteAccess,
        successCodes: [Int] = [200],
        confidence: Confidence,
        queryNames: [String] = [],
        requestSchema: RequestSchema? = nil,
        secretsInAnswer: [String] = []
    ) {
        self.identifier = identifier
        self.method = method
        self.template = template
        self.aliases = aliases
        self.signer = signer
        self.access = access
        self.successCodes = successCodes
        self.confidence = confidence
        self.queryNames = queryNames
        self.requestSchema = requestSchema
        self.secretsInAnswer = secretsInAnswer
    }

    /// The primary spelling and all others.
    package var spellings: [String] { [template] + aliases }

    /// The same operation under other paths.
    func respelled(_ template: String, aliases: [String]) -> Route {
        Route(
            identifier, method, template, aliases: aliases, signer: signer, access: access,
            successCodes: successCodes, confidence: confidence, queryNames: queryNames,
            requestSchema: requestSchema, secretsInAnswer: secretsInAnswer)
    }
}

/// Routes are equal when they name the same operation under the same paths; the rest follows from the identifier.
extension Route: Hashable {
    package static func == (left: Route, right: Route) -> Bool {
        left === right
            || (left.identifier == right.identifier && left.template == right.template
                && left.aliases == right.aliases)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(identifier)
    }
}

extension Route: CustomStringConvertible {
    package var description: String { identifier }
}
