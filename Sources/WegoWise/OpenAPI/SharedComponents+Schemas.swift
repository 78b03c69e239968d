// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension SharedComponents {
    static let schemas: [(String, OrderedJSON)] = [
        ("Name", ["type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$"]),
        ("Problem", problem),
        ("HomeUser", homeUser),
        ("ForwardedCall", forwardedCall),
        ("ConnectRequest", connectRequest),
        ("ConnectAnswer", connectAnswer),
        ("ConnectFinish", connectFinish),
    ]

    private static let text: OrderedJSON = ["type": "string"]

    /// RFC 9457, with the one string that clients of WegoWise read.
    private static let problem: OrderedJSON = [
        "type": "object", "required": ["type", "title", "status", "detail", "instance", "errors"],
        "properties": [
            "type": ["type": "string", "description": "A stable name of the kind of problem."],
            "title": text,
            "status": ["type": "integer", "minimum": 400, "maximum": 599],
            "detail": text,
            "instance": text,
            "errors": ["type": "string", "description": "Title and detail in one string."],
            "pointer": ["type": "string", "description": "The member to blame (RFC 6901)."],
            "faults": ["type": "array", "items": fault],
        ],
    ]

    private static let fault: OrderedJSON = [
        "type": "object", "required": ["pointer", "found", "allowed", "detail"],
        "properties": ["pointer": text, "found": text, "allowed": text, "detail": text],
    ]

    private static let homeUser: OrderedJSON = [
        "type": "object", "required": ["user", "tenant", "consumer", "state"],
        "properties": [
            "user": .reference("schemas/Name"),
            "tenant": .reference("schemas/Name"),
            "consumer": .reference("schemas/Name"),
            "state": ["type": "string", "description": "active, suspect, revoked, frozen or destroyed, among others."],
            "developer": ["type": "boolean"],
            "reason": text,
        ],
    ]

    private static let forwardedCall: OrderedJSON = [
        "type": "object", "required": ["user", "method", "path"], "additionalProperties": false,
        "properties": [
            "user": .reference("schemas/Name"),
            "method": ["type": "string", "enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]],
            "path": ["type": "string", "pattern": "^/(api/v1/|oauth/user$)", "description": "Without a query."],
            "query": [
                "type": "object",
                "additionalProperties": [
                    "anyOf": [scalar, ["type": "array", "items": scalar]]
                ],
            ],
            "body": ["description": "Forwarded as it is written here."],
        ],
    ]

    private static let scalar: OrderedJSON = ["type": ["string", "number", "boolean"]]

    private static let connectRequest: OrderedJSON = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "consumer": .reference("schemas/Name"),
            "return_to": ["type": "string", "description": "Where the browser goes in the end, on an allowed origin."],
            "mode": [
                "type": "string", "enum": ["browser", "oob"],
                "description": "With oob the person types the verifier in.",
            ],
        ],
    ]

    private static let connectAnswer: OrderedJSON = [
        "type": "object", "required": ["user", "authorize_url", "expires_at", "mode"],
        "properties": [
            "user": .reference("schemas/Name"),
            "authorize_url": text,
            "expires_at": ["type": "string", "format": "date-time"],
            "mode": ["type": "string", "enum": ["browser", "oob"]],
        ],
    ]

    private static let connectFinish: OrderedJSON = [
        "type": "object", "required": ["oauth_token", "oauth_verifier"], "additionalProperties": false,
        "properties": [
            "oauth_token": ["type": "string", "minLength": 1],
            "oauth_verifier": ["type": "string", "minLength": 1],
        ],
    ]
}
