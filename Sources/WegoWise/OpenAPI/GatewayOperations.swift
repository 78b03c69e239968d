// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The operations of the data plane that are the gateway's own.
enum GatewayOperations {
    /// Path, method, operation.
    static let all: [(String, String, OrderedJSON)] = [
        ("/users/{user}", "GET", showUser),
        ("/forward", "POST", forward),
        ("/users/{user}/connect", "POST", connect),
        ("/users/{user}/connect/finish", "POST", finish),
        ("/oauth/callback", "GET", callback),
        ("/openapi.json", "GET", document),
    ]

    private static let user: OrderedJSON = .array([.reference("parameters/user")])

    private static let showUser = operation(
        "gateway.user.show", "What the gateway knows of a home user. Never a secret.",
        parameters: user,
        responses: [("200", SharedComponents.json("The user", .reference("schemas/HomeUser")))])

    private static let forward = operation(
        "gateway.forward", "A call of WegoWise as one JSON object, for clients that cannot put it into a path.",
        body: .reference("schemas/ForwardedCall"),
        responses: [("200", .reference("responses/Forwarded")), ("204", .reference("responses/Deleted"))])

    private static let connect = operation(
        "gateway.connect.start", "Begins the three-legged flow that lets a person grant access to an account.",
        parameters: user, body: .reference("schemas/ConnectRequest"), isBodyRequired: false,
        responses: [
            ("201", SharedComponents.json("Where to send the person", .reference("schemas/ConnectAnswer")))
        ])

    private static let finish = operation(
        "gateway.connect.finish", "Ends a flow whose verifier was typed in by the person.",
        parameters: user, body: .reference("schemas/ConnectFinish"),
        responses: [("200", SharedComponents.json("The user is connected", ["type": "object"]))])

    private static let callback = operation(
        "gateway.connect.callback", "Where WegoWise sends the browser back. Answers with a page for people.",
        parameters: [
            ["name": "oauth_token", "in": "query", "required": true, "schema": ["type": "string", "minLength": 1]],
            ["name": "oauth_verifier", "in": "query", "required": false, "schema": ["type": "string"]],
        ],
        security: [],
        responses: [
            ("200", page("The account is connected, or why not")),
            ("303", ["description": "On to the page named when the flow began"]),
            ("400", page("The flow cannot be ended")),
        ])

    private static let document = operation(
        "gateway.openapi", "This document.", security: [[:], ["bearerAuth": []]],
        responses: [("200", SharedComponents.json("OpenAPI 3.1", ["type": "object"]))])

    private static func operation(
        _ identifier: String, _ summary: String, parameters: OrderedJSON? = nil, body: OrderedJSON? = nil,
        isBodyRequired: Bool = true, security: OrderedJSON? = nil, responses: [(String, OrderedJSON)]
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
        let refusals = SharedComponents.statuses.filter { status in
            (body != nil || ![413, 415, 422].contains(status)) && !responses.contains { $0.0 == "\(status)" }
        }
        let refused = refusals.map { ("\($0)", OrderedJSON.reference("responses/Refused\($0)")) }
        members.append(("responses", .object(responses + refused + [("default", .reference("responses/Other"))])))
        return .object(members)
    }

    private static func page(_ description: String) -> OrderedJSON {
        ["description": .string(description), "content": ["text/html": ["schema": ["type": "string"]]]]
    }
}
