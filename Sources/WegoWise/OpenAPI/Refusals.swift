// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// With which statuses the gateway itself can end a request, by what is asked of it.
enum Refusals {
    /// Whatever is asked: what the HTTP server and the rules for whom it speaks to say.
    static let always = [400, 403, 405, 408, 421, 431, 500, 503]
    /// Where a caller key is needed.
    static let known = [401]
    /// Where a home user is named.
    static let user = [404]
    /// Where a body can come with the request.
    static let body = [413, 415]
    /// Where a call goes out to WegoWise.
    static let forwarded = [404, 429, 502, 504]
    /// Where that is signed with a home user's token.
    static let signed = [410]
    /// Where the body is held to a schema.
    static let schema = [422]
    /// Where a name for a new home user is taken.
    static let creation = [409]

    /// Where the path of the call is given in a body, so that it can be one nobody knows.
    static let unknownPath = [501]

    /// Each a response of its own.
    static let all = Set(
        [always, known, user, body, forwarded, signed, schema, creation, unknownPath].joined()
    ).sorted()

    /// References to the responses of these statuses, in their order.
    static func responses(_ statuses: [Int]) -> [(String, OrderedJSON)] {
        Set(statuses).sorted().map { ("\($0)", .reference("responses/Refused\($0)")) }
    }

    static func words(_ status: Int) -> String {
        switch status {
        case 400: "The request cannot be read, or WegoWise refuses its content"
        case 401: "No valid caller key, or WegoWise does not accept the user's token"
        case 403: "The caller may not do this, the user is not active, or a web page is asking"
        case 404: "No such user, path or resource"
        case 405: "Another method is meant for this path; 'Allow' names it"
        case 408: "The request did not arrive in time"
        case 409: "The name for the new user is taken, or the developer's token is of an older consumer key"
        case 410: "The user has been destroyed"
        case 413: "The body is too large"
        case 415: "The body is not sent as application/json"
        case 421: "The Host field does not name this gateway"
        case 422: "The body does not fit the route; 'faults' names every fault"
        case 429: "A limit is reached"
        case 431: "Too many header fields, or too long ones"
        case 500:
            "A failure of the gateway. For a user that was created or destroyed: WegoWise did it, the store failed"
        case 501: "A way to create users whose answer the gateway cannot read; nothing was sent"
        case 502: "No usable answer from WegoWise; 'type' tells whether the call may have been carried out"
        case 503: "The gateway cannot serve the call now"
        default: "No answer from WegoWise in time; 'type' tells whether the call may have been carried out"
        }
    }
}
