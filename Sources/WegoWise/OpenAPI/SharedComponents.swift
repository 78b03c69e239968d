// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What many operations of the document refer to.
enum SharedComponents {
    static let parameters: OrderedJSON = [
        "user": [
            "name": "user", "in": "path", "required": true, "description": "The tenant's own name for a home user.",
            "schema": .reference("schemas/Name"),
        ],
        "storeAs": [
            "name": "Wego-Gateway-Store-As", "in": "header", "required": false,
            "description": "The name under which the new user is stored; the body's username if it is not given.",
            "schema": .reference("schemas/Name"),
        ],
    ]

    static let headers: OrderedJSON = [
        "RequestId": [
            "description": "Names this request in logs and in the journal.", "schema": ["type": "string"],
        ],
        "ErrorSource": [
            "description": "Who refused the call.", "schema": ["type": "string", "enum": ["gateway", "upstream"]],
        ],
        "RetryAfter": [
            "description": "Seconds to wait at least, or the date WegoWise named.", "schema": ["type": "string"],
        ],
        "RateLimit": [
            "description": "What is left of each limit that the call was counted for, the scarcest first.",
            "schema": ["type": "string"],
        ],
        "RateLimitPolicy": ["description": "Those limits.", "schema": ["type": "string"]],
        "Allow": ["description": "The methods there are.", "schema": ["type": "string"]],
        "Challenge": ["description": "How to authenticate.", "schema": ["type": "string"]],
        "StoredUser": [
            "description": "The home user whose new credential was taken out of this answer and stored.",
            "schema": .reference("schemas/Name"),
        ],
        "UpstreamProblem": [
            "description": "Why WegoWise refused the signature or the token, as an OAuth problem.",
            "schema": ["type": "string"],
        ],
    ]

    static let responses: OrderedJSON = .object(
        [
            (
                "Forwarded",
                [
                    "description": "The answer of WegoWise, unchanged", "headers": .object(requestID + limits),
                    "content": ["application/json": ["schema": [:]]],
                ]
            ),
            (
                "Created",
                [
                    "description": "The answer of WegoWise without the new user's token pair, which is stored",
                    "headers": .object(
                        requestID + limits + [("Wego-Gateway-Stored-User", .reference("headers/StoredUser"))]),
                    "content": ["application/json": ["schema": [:]]],
                ]
            ),
            ("Deleted", ["description": "Done; there is no body", "headers": .object(requestID + limits)]),
            (
                "Other",
                [
                    "description": "Any other answer of WegoWise, unchanged",
                    "headers": .object(requestID + errorSource + limits), "content": ["*/*": ["schema": [:]]],
                ]
            ),
        ] + Refusals.all.map { ("Refused\($0)", refused($0)) })

    static func json(_ description: String, _ schema: OrderedJSON) -> OrderedJSON {
        [
            "description": .string(description), "headers": .object(requestID),
            "content": ["application/json": ["schema": schema]],
        ]
    }

    private static let requestID: [(String, OrderedJSON)] = [
        ("Wego-Gateway-Request-Id", .reference("headers/RequestId"))
    ]

    private static let errorSource: [(String, OrderedJSON)] = [
        ("Wego-Gateway-Error-Source", .reference("headers/ErrorSource"))
    ]

    private static let limits: [(String, OrderedJSON)] = [
        ("RateLimit", .reference("headers/RateLimit")),
        ("RateLimit-Policy", .reference("headers/RateLimitPolicy")),
    ]

    /// Both parties may answer with the same status; the media type tells them apart as the header does.
    private static func refused(_ status: Int) -> OrderedJSON {
        var headers = requestID + errorSource
        switch status {
        case 401:
            headers.append(("WWW-Authenticate", .reference("headers/Challenge")))
            headers.append(("Wego-Gateway-Upstream-Problem", .reference("headers/UpstreamProblem")))
        case 405: headers.append(("Allow", .reference("headers/Allow")))
        case 429: headers += limits + [("Retry-After", .reference("headers/RetryAfter"))]
        case 503: headers.append(("Retry-After", .reference("headers/RetryAfter")))
        default: break
        }
        return .object([
            ("description", .string(Refusals.words(status))),
            ("headers", .object(headers)),
            (
                "content",
                [
                    "application/problem+json": ["schema": .reference("schemas/Problem")],
                    "*/*": ["schema": ["description": "An answer of WegoWise, unchanged."]],
                ]
            ),
        ])
    }
}
