// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The operations of the data plane that are the gateway's own.
enum GatewayOperations {
    /// Path, method, operation.
    static let all: [(String, String, OrderedJSON)] = [
        ("/users/{user}", "GET", showUser),
        ("/forward", "POST", forward),
        ("/users/{user}/connect", "POST", ConnectOperations.start),
        ("/users/{user}/connect/finish", "POST", ConnectOperations.finish),
        ("/oauth/callback", "GET", ConnectOperations.callback),
        ("/openapi.json", "GET", document),
    ]

    static let user: OrderedJSON = .array([.reference("parameters/user")])

    private static let showUser = operation(
        "gateway.user.show", "What the gateway knows of a home user. Never a secret.",
        parameters: user, refusals: Refusals.known + Refusals.user,
        responses: [("200", SharedComponents.json("The user", .reference("schemas/HomeUser")))])

    private static let forward = operation(
        "gateway.forward", "A call of WegoWise as one JSON object, for clients that cannot put it into a path.",
        body: .reference("schemas/ForwardedCall"),
        refusals: Refusals.known + Refusals.forwarded + Refusals.signed + Refusals.schema + Refusals.creation
            + Refusals.unknownPath,
        others: [("default", .reference("responses/Other"))],
        responses: [("200", .reference("responses/Forwarded")), ("204", .reference("responses/Deleted"))])

    private static let document = operation(
        "gateway.openapi", "This document. No caller key is needed.", security: [], refusals: [],
        responses: [("200", SharedComponents.json("OpenAPI 3.1", ["type": "object"]))])

    static func operation(
        _ identifier: String, _ summary: String, parameters: OrderedJSON? = nil, body: OrderedJSON? = nil,
        isBodyRequired: Bool = true, security: OrderedJSON? = nil, refusals: [Int],
        others: [(String, OrderedJSON)] = [],
        responses: [(String, OrderedJSON)]
    ) -> OrderedJSON {
        var members: [(String, OrderedJSON)] = [
            ("operationId", .string(identifier)), ("tags", ["gateway"]), ("summary", .string(summary)),
        ]
        if let parameters { members.append(("parameters", parameters)) }
        if let body {
            members.append(
                (
                    "requestBody",
                    ["required": .bool(isBodyRequired), "content": ["application/json": ["schema": body]]]
                ))
        }
        if let security { members.append(("security", security)) }
        let refused = Refusals.responses(Refusals.always + refusals + (body == nil ? [] : Refusals.body))
            .filter { refusal in !responses.contains { $0.0 == refusal.0 } }
        members.append(("responses", .object(responses + refused + others)))
        return .object(members)
    }
}
