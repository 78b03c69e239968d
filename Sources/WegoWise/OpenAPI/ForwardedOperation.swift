// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How one route of the catalogue looks from the data plane.
struct ForwardedOperation {
    private let route: Route
    private let mode: ValidationMode

    init(_ route: Route, mode: ValidationMode) {
        self.route = route
        self.mode = mode
    }

    var path: String {
        (route.signer == .none ? "/public" : "/users/{user}") + route.template
    }

    var json: OrderedJSON {
        var members: [(String, OrderedJSON)] = [
            ("operationId", .string(route.identifier)),
            ("tags", [.string(String(route.identifier.prefix { $0 != "." }))]),
            ("summary", .string("\(route.method) \(route.template)")),
            ("description", .string(description)),
            ("parameters", .array(parameters)),
        ]
        if let schema = route.requestSchema { members.append(("requestBody", body(schema))) }
        members.append(("responses", responses))
        members.append(("x-confidence", .string(route.confidence.rawValue)))
        members.append(("x-access", .string(route.access.rawValue)))
        members.append(("x-signed-by", .string(route.signer.rawValue)))
        if !route.aliases.isEmpty { members.append(("x-aliases", .strings(route.aliases))) }
        return .object(members)
    }

    private var description: String {
        let signature =
            route.signer == .none ? "Forwarded unsigned." : "Forwarded, signed with the token of the user in the path."
        let scope = "Needs the scope '\(route.access.rawValue)'."
        return "\(signature) \(scope) The route is \(route.confidence.words)."
    }

    private var parameters: [OrderedJSON] {
        var parameters: [OrderedJSON] = []
        if route.signer != .none { parameters.append(.reference("parameters/user")) }
        for name in PathTemplate.variables(of: PathTemplate.segments(of: route.template)) {
            parameters.append(Self.variable(name))
        }
        for name in route.queryNames {
            parameters.append(["name": .string(name), "in": "query", "required": false, "schema": ["type": "string"]])
        }
        if route.access == .users, route.method == "POST" { parameters.append(.reference("parameters/storeAs")) }
        return parameters
    }

    /// Ids are integers everywhere in paths; anything else names an account.
    private static func variable(_ name: String) -> OrderedJSON {
        let schema: OrderedJSON =
            name == "id" || name.hasSuffix("_id")
            ? ["type": "integer", "minimum": 1]
            : ["type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$"]
        return ["name": .string(name), "in": "path", "required": true, "schema": schema]
    }

    private func body(_ schema: RequestSchema) -> OrderedJSON {
        [
            "required": .bool(schema.isBodyRequired && mode != .off),
            "content": ["application/json": ["schema": .reference("schemas/\(schema.name)")]],
        ]
    }

    private var responses: OrderedJSON {
        var responses = route.successCodes.map { code in
            ("\(code)", .reference(code == 204 ? "responses/Deleted" : "responses/Forwarded") as OrderedJSON)
        }
        let hasBody = route.method == "POST" || route.method == "PUT" || route.method == "PATCH"
        let bodyStatuses = [413, 415, 422]
        for status in SharedComponents.statuses where hasBody || !bodyStatuses.contains(status) {
            // Without a user in the path there is none to be gone.
            if status == 410, route.signer == .none { continue }
            responses.append(("\(status)", .reference("responses/Refused\(status)")))
        }
        responses.append(("default", .reference("responses/Other")))
        return .object(responses)
    }
}
