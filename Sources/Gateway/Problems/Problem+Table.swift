// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

// The one table from errors to HTTP.
extension Problem {
    package init(_ error: GatewayError) {
        switch error {
        case .badRequest, .hostNotAllowed, .originForbidden, .badTarget, .methodNotAllowed, .unsupportedMediaType,
            .bodyTooLarge, .requestTimeout, .headTooLarge, .fieldInvalid:
            self = Self.ingress(error)
        case .callerKeyMissing, .callerKeyInvalid, .scopeMissing, .userNotFound, .userUnusable, .credentialUnavailable:
            self = Self.identity(error)
        case .pathNotForwarded, .captureUnavailable, .malformedJSON, .badEnvelope, .invalidBody, .overloaded:
            self = Self.call(error)
        case .quotaExceeded, .upstreamHeld, .limitsUnavailable:
            self = Self.limits(error)
        case .upstreamUnreachable, .upstreamConnectTimeout, .upstreamAddressRefused, .upstreamTLS, .upstreamTimeout,
            .upstreamConnectionLost, .upstreamBadResponse, .upstreamResponseTooLarge,
            .answerWithheld:
            self = Self.upstream(error)
        case .developerRequired, .developerOutdated, .storeNameInvalid, .storeNameForbidden, .storeNameTaken,
            .nameNotFreed, .custodyFull, .custodyUnavailable, .answerQuarantined, .credentialLost, .credentialNotErased:
            self = Self.custody(error)
        case .connect(let failure):
            self = Self.connecting(failure)
        case .auditUnavailable, .outcomeNotRecorded, .shuttingDown, .internalFailure:
            self = Self.gateway(error)
        }
    }

    private static func ingress(_ error: GatewayError) -> Problem {
        switch error {
        case .badRequest(let reason):
            return Problem(
                400, "bad-request", "Bad request", "The request is not valid HTTP/1.1 for this server: \(reason).")
        case .hostNotAllowed:
            return Problem(
                421, "host-not-allowed", "Host not allowed",
                "There must be one Host field, naming the listen address, localhost or an entry of listen.hosts.")
        case .originForbidden:
            return Problem(
                403, "origin-forbidden", "Browsers are not served",
                "Requests with an Origin or a cross-site Sec-Fetch-Site field are refused. Call from a backend service."
            )
        case .badTarget(let reason):
            return Problem(400, "bad-target", "Request target not acceptable", "The request target has \(reason).")
        case .methodNotAllowed(let allowed):
            var problem = Problem(
                405, "method-not-allowed", "Method not allowed", "Use one of: \(allowed.joined(separator: ", ")).")
            problem.allowedMethods = allowed
            return problem
        case .unsupportedMediaType(let expected):
            return Problem(
                415, "unsupported-media-type", "Unsupported media type", "A body must be sent with \(expected).")
        case .bodyTooLarge(let limit):
            return Problem(
                413, "body-too-large", "Body too large",
                "The body may have at most \(limit) bytes (listen.max_request_body).")
        case .fieldInvalid(let name, let expected):
            return Problem(
                400, "field-invalid", "Header field not acceptable", "\(name): expected \(expected). Nothing was sent.")
        case .headTooLarge:
            return Problem(
                431, "head-too-large", "Head too large",
                "A request may have at most \(ConnectionLimits.maximumHeaderFields) fields and "
                    + "\(ConnectionLimits.maximumHeaderBytes) bytes of them.")
        default:
            return Problem(
                408, "request-timeout", "Request timeout", "The request did not arrive in time. Send it again.")
        }
    }

    private static func identity(_ error: GatewayError) -> Problem {
        switch error {
        case .callerKeyMissing:
            return Problem(
                401, "caller-key-missing", "Caller key missing",
                "Send one field 'Authorization: Bearer wgk_...' with a key from 'wego-gateway caller add'.")
        case .callerKeyInvalid:
            return Problem(
                401, "caller-key-invalid", "Caller key not valid",
                "No caller has this key. It may have been rotated or removed: 'wego-gateway caller list' shows who is known."
            )
        case .scopeMissing(let scope):
            return Problem(
                403, "scope-missing", "Not in this caller's scopes",
                "The call needs the scope '\(scope)'. Scopes are given with 'wego-gateway caller add --scopes'.")
        case .userNotFound(let name):
            return Problem(
                404, "user-not-found", "No such home user",
                "This caller knows no home user '\(name)'. Check the name and the users the caller may act for.")
        case .userUnusable(let name, let state, let reason):
            let why = reason.map { " (\($0))" } ?? ""
            return Problem(
                state == "destroyed" ? 410 : 403, "user-\(state)", "Home user is \(state)",
                "The home user '\(name)' is \(state)\(why). 'wego-gateway user show \(name)' tells since when.")
        default:
            guard case .credentialUnavailable(let name) = error else { return gateway(.internalFailure) }
            return Problem(
                503, "credential-unavailable", "Credential not available",
                "The stored credential of '\(name)' cannot be used, or was replaced while the call waited. Try again; "
                    + "'wego-gateway user show \(name)' tells more.")
        }
    }

    private static func call(_ error: GatewayError) -> Problem {
        switch error {
        case .pathNotForwarded:
            return Problem(
                404, "path-not-forwarded", "Path not forwarded",
                "Only /users/{user}/api/v1/..., /users/{user}/oauth/user, /public/api/v1/utility_companies, "
                    + "/users/{user}, /users/{user}/connect and /forward are served. GET /openapi.json tells more.")
        case .captureUnavailable:
            return Problem(
                501, "capture-unavailable", "Unknown way to change users",
                "The call might create or destroy a user, and the catalogue does not know it: the stored credentials could "
                    + "not follow. Nothing was sent. Use POST /api/v1/wego_home/users or DELETE /api/v1/wego_home/user, or "
                    + "make the path known with upstream.routes.")
        case .malformedJSON(let pointer, let offset, let reason):
            var problem = Problem(400, "malformed-json", "Body is not valid JSON", "\(reason) at byte \(offset).")
            problem.pointer = pointer
            return problem
        case .badEnvelope(let pointer, let expected):
            var problem = Problem(400, "bad-envelope", "Envelope not acceptable", "Expected \(expected).")
            problem.pointer = pointer
            return problem
        case .invalidBody(let report):
            var problem = Problem(422, "invalid-body", "Body not acceptable", report.summary)
            var faults: [UInt8] = []
            report.appendFaults(to: &faults)
            problem.faults = faults
            return problem
        default:
            var problem = Problem(
                503, "overloaded", "Too many calls at once",
                "All connections to WegoWise are busy and the queue is full or too slow. Nothing was sent; try again later."
            )
            problem.retryAfter = 1
            return problem
        }
    }

    private static func upstream(_ error: GatewayError) -> Problem {
        switch error {
        case .upstreamUnreachable:
            return Problem(
                502, "upstream-unreachable", "WegoWise cannot be reached",
                "No connection could be made. Nothing was sent; the call may be repeated.")
        case .upstreamConnectTimeout:
            return Problem(
                504, "upstream-connect-timeout", "WegoWise cannot be reached in time",
                "No connection came about within upstream.connect_timeout. Nothing was sent; the call may be repeated.")
        case .upstreamAddressRefused:
            return Problem(
                502, "upstream-address-refused", "Upstream address refused",
                "The upstream's name leads into a private network. Nothing was sent. Check upstream.base_url and DNS.")
        case .upstreamTLS:
            return Problem(
                502, "upstream-tls", "No trustworthy connection to WegoWise",
                "The TLS handshake or the certificate check failed. Nothing was sent. Check upstream.ca_file and the clock."
            )
        case .upstreamTimeout(let unknown):
            return lost(504, "upstream-timeout", "WegoWise did not answer in time", unknown)
        case .upstreamConnectionLost(let unknown):
            return lost(502, "upstream-connection-lost", "Connection to WegoWise lost", unknown)
        case .upstreamBadResponse:
            return Problem(
                502, "upstream-bad-response", "No valid answer from WegoWise",
                "What came back is not HTTP. The call may have been carried out.")
        case .answerWithheld:
            return Problem(
                502, "answer-withheld", "Answer withheld",
                "The answer holds an access token, which no caller may see. The call was carried out. "
                    + "Look at WegoWise for what it changed.")
        default:
            return Problem(
                502, "upstream-response-too-large", "Answer too large",
                "WegoWise answered with a larger head or body than the gateway takes (upstream.max_response_body). "
                    + "What its answer was is not known.")
        }
    }

    private static func lost(_ status: Int, _ slug: String, _ title: String, _ outcomeUnknown: Bool) -> Problem {
        guard outcomeUnknown else {
            return Problem(
                status, slug, title, "The call was not sent or changes nothing at WegoWise, so it may be repeated.")
        }
        return Problem(
            status, "outcome-unknown", "Outcome unknown",
            "\(title) after the request had been sent. It may or may not have been carried out: look before repeating it."
        )
    }

    private static func gateway(_ error: GatewayError) -> Problem {
        switch error {
        case .auditUnavailable:
            var problem = Problem(
                503, "audit-unavailable", "Audit journal not available",
                "Nothing is forwarded while it cannot be recorded. Nothing was sent. /readyz tells more.")
            problem.retryAfter = 1
            return problem
        case .outcomeNotRecorded:
            return Problem(
                503, "outcome-not-recorded", "Answer withheld",
                "The call was sent, and how it ended could not be recorded. Look at WegoWise for what it changed before "
                    + "repeating it. /readyz tells more.")
        case .shuttingDown:
            var problem = Problem(
                503, "shutting-down", "Gateway is stopping", "Nothing was sent. Try again when it runs again.")
            problem.retryAfter = 1
            return problem
        default:
            return Problem(
                500, "internal-failure", "Internal failure",
                "A mistake of the gateway's own. Please report it with the request id.")
        }
    }
}
