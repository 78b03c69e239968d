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
        if isCreation { parameters.append(.reference("parameters/storeAs")) }
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
        let success = route.successCodes.map { code in
            ("\(code)", OrderedJSON.reference("responses/\(successName(code))"))
        }
        let other = [("default", OrderedJSON.reference("responses/Other"))]
        return .object(success + Refusals.responses(refusals) + other)
    }

    private func successName(_ code: Int) -> String {
        if code == 204 { return "Deleted" }
        return isCreation ? "Created" : "Forwarded"
    }

    private var isCreation: Bool { route.access == .users && route.method == "POST" }

    private var refusals: [Int] {
        var statuses = Refusals.always + Refusals.known + Refusals.forwarded
        if route.signer != .none { statuses += Refusals.signed }
        if route.method != "GET" { statuses += Refusals.body }
        if route.requestSchema != nil, mode != .off { statuses += Refusals.schema }
        if isCreation { statuses += Refusals.creation }
        return statuses
    }
}
