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
        ("Connected", connected),
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
            "faults": [
                "type": "array", "items": fault, "description": "Everything that is wrong with a body, for 422.",
            ],
            "violated-policies": [
                "type": "array", "items": text, "description": "The limits that are used up, for 429.",
            ],
        ],
    ]

    private static let fault: OrderedJSON = [
        "type": "object", "required": ["pointer", "found", "allowed", "detail"],
        "properties": ["pointer": text, "found": text, "allowed": text, "detail": text],
    ]

    private static let homeUser: OrderedJSON = [
        "type": "object",
        "required": ["user", "tenant", "consumer", "state", "since", "created", "developer", "limits"],
        "properties": [
            "user": .reference("schemas/Name"),
            "tenant": .reference("schemas/Name"),
            "consumer": .reference("schemas/Name"),
            "state": [
                "type": "string",
                "enum": ["pending", "active", "suspect", "unknown", "frozen", "revoked", "destroyed"],
            ],
            "since": ["type": "integer", "description": "When the state began, in seconds since 1970."],
            "created": ["type": "integer", "description": "Seconds since 1970."],
            "developer": ["type": "boolean", "description": "Whether its token may create home users."],
            "reason": ["type": "string", "description": "Why the state is what it is."],
            "limits": ["type": "array", "items": limit],
        ],
    ]

    private static let limit: OrderedJSON = [
        "type": "object",
        "required": ["policy", "quota", "window_seconds", "burst", "remaining", "full_in_seconds"],
        "properties": [
            "policy": text,
            "quota": ["type": "integer", "minimum": 1],
            "window_seconds": ["type": "integer", "minimum": 1],
            "burst": ["type": "integer", "minimum": 1],
            "remaining": ["type": "integer", "minimum": 0],
            "full_in_seconds": ["type": "integer", "minimum": 0],
        ],
    ]

    private static let forwardedCall: OrderedJSON = [
        "type": "object", "required": ["user", "method", "path"], "additionalProperties": false,
        "properties": [
            "user": .reference("schemas/Name"),
            "method": ["type": "string", "enum": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]],
            "path": [
                "type": "string", "pattern": .string(PathPattern.forwarded),
                "description": "Without a query; what is not ASCII percent-encoded as UTF-8.",
            ],
            "query": [
                "type": "object", "propertyNames": ["pattern": "^(?!oauth_)"],
                "additionalProperties": [
                    "anyOf": [scalar, ["type": "array", "items": scalar]]
                ],
            ],
            "body": ["description": "Forwarded as it is written here; not with GET and HEAD."],
        ],
        "not": ["required": ["method", "body"], "properties": ["method": ["enum": ["GET", "HEAD"]]]],
    ]

    private static let scalar: OrderedJSON = ["type": ["string", "number", "boolean"]]

    private static let connectRequest: OrderedJSON = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "consumer": .reference("schemas/Name"),
            "return_to": [
                "type": "string", "minLength": 1, "maxLength": 2_048,
                "description": "Where the browser goes in the end, on an allowed origin.",
            ],
            "mode": [
                "type": "string", "enum": ["browser", "oob"],
                "description": "With oob the person types the verifier in.",
            ],
        ],
        "not": ["required": ["mode", "return_to"], "properties": ["mode": ["enum": ["oob"]]]],
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
        "properties": ["oauth_token": credential, "oauth_verifier": credential],
    ]

    /// Visible ASCII.
    static let credential: OrderedJSON = ["type": "string", "pattern": "^[!-~]{1,1024}$"]

    private static let connected: OrderedJSON = [
        "type": "object", "required": ["user", "tenant", "consumer", "state", "confirmed"],
        "properties": [
            "user": .reference("schemas/Name"),
            "tenant": .reference("schemas/Name"),
            "consumer": .reference("schemas/Name"),
            "state": text,
            "confirmed": [
                "type": "boolean", "description": "Whether the new credential has answered GET /oauth/user.",
            ],
            "detail": text,
        ],
    ]
}
