// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What many operations of the document refer to.
enum SharedComponents {
    /// Statuses with which the gateway refuses calls, each a response of its own.
    static let statuses = [400, 401, 403, 404, 410, 413, 415, 422, 429, 502, 503, 504]

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
            "description": "Seconds to wait at least.", "schema": ["type": "integer", "minimum": 1],
        ],
    ]

    static let responses: OrderedJSON = .object(
        [
            (
                "Forwarded",
                [
                    "description": "The answer of WegoWise, unchanged", "headers": requestID,
                    "content": ["application/json": ["schema": [:]]],
                ]
            ),
            ("Deleted", ["description": "Done; there is no body", "headers": requestID]),
            (
                "Other",
                [
                    "description": "Any other answer of WegoWise, unchanged, or another refusal of the gateway",
                    "headers": requestID, "content": ["*/*": ["schema": [:]]],
                ]
            ),
        ] + statuses.map { ("Refused\($0)", refused($0)) })

    static func json(_ description: String, _ schema: OrderedJSON) -> OrderedJSON {
        [
            "description": .string(description), "headers": requestID,
            "content": ["application/json": ["schema": schema]],
        ]
    }

    private static let requestID: OrderedJSON = ["Wego-Gateway-Request-Id": .reference("headers/RequestId")]

    /// Both parties may answer with the same status; the media type tells them apart as the header does.
    private static func refused(_ status: Int) -> OrderedJSON {
        var headers: [(String, OrderedJSON)] = [
            ("Wego-Gateway-Request-Id", .reference("headers/RequestId")),
            ("Wego-Gateway-Error-Source", .reference("headers/ErrorSource")),
        ]
        if status == 429 || status == 503 { headers.append(("Retry-After", .reference("headers/RetryAfter"))) }
        return .object([
            ("description", .string(words(status))),
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

    private static func words(_ status: Int) -> String {
        switch status {
        case 400: "The request cannot be read, or WegoWise refuses its content"
        case 401: "No valid caller key, or WegoWise does not accept the user's token"
        case 403: "The caller may not do this, or the user is not active"
        case 404: "No such user, path or resource"
        case 410: "The user has been destroyed"
        case 413: "The body is too large"
        case 415: "The body is not sent as application/json"
        case 422: "The body does not fit the route; 'faults' names every fault"
        case 429: "A limit is reached"
        case 502: "No usable answer from WegoWise"
        case 503: "The gateway cannot serve the call now; nothing was sent"
        default: "No answer from WegoWise in time"
        }
    }
}
