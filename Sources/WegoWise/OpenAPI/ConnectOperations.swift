// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The operations of the three-legged flow.
enum ConnectOperations {
    static let start = GatewayOperations.operation(
        "gateway.connect.start", "Begins the three-legged flow that lets a person grant access to an account.",
        parameters: GatewayOperations.user, body: .reference("schemas/ConnectRequest"), isBodyRequired: false,
        refusals: Refusals.known + Refusals.forwarded + Refusals.schema,
        responses: [
            ("201", SharedComponents.json("Where to send the person", .reference("schemas/ConnectAnswer")))
        ])

    static let finish = GatewayOperations.operation(
        "gateway.connect.finish", "Ends a flow whose verifier was typed in by the person.",
        parameters: GatewayOperations.user, body: .reference("schemas/ConnectFinish"),
        refusals: Refusals.known + Refusals.forwarded + Refusals.signed + Refusals.creation,
        responses: [
            ("200", SharedComponents.json("The user is connected", .reference("schemas/Connected"))),
            ("202", SharedComponents.json("Connected, and still being tried", .reference("schemas/Connected"))),
        ])

    static let callback = GatewayOperations.operation(
        "gateway.connect.callback",
        "Where WegoWise sends the person's browser back. Answers with a page for people; no caller key is needed.",
        parameters: [
            ["name": "oauth_token", "in": "query", "required": true, "schema": SharedComponents.credential],
            [
                "name": "oauth_verifier", "in": "query", "required": false, "schema": SharedComponents.credential,
                "description": "Not there when the person said no.",
            ],
        ],
        security: [], refusals: [], responses: pages)

    private static let pages: [(String, OrderedJSON)] = [
        ("200", page("The account is connected")),
        ("202", page("The account is connected, and the new credential is still being tried")),
        ("303", ["description": "On to the page named when the flow began; the result is in its query"]),
        ("400", page("The link is incomplete")),
        ("403", page("The person said no; or this was no navigation of a browser")),
        ("404", page("No such flow is under way")),
        ("409", page("Overtaken by a change")),
        ("410", page("The link was used before, or is too old")),
        ("429", page("Too many callbacks, or a limit of the consumer is reached; the link is still good")),
        ("502", page("WegoWise refused what the person allowed, or cannot be reached")),
        ("503", page("The store cannot be used; or WegoWise is not to be called just now, and the link is still good")),
        ("504", page("No clear answer from WegoWise")),
    ]

    /// Requests that do not get as far as a page are refused with a problem document.
    private static func page(_ description: String) -> OrderedJSON {
        [
            "description": .string(description),
            "content": [
                "text/html": ["schema": ["type": "string"]],
                "application/problem+json": ["schema": .reference("schemas/Problem")],
            ],
        ]
    }
}
