// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import WegoWise

/// Everything that ends a request before or instead of an answer of the upstream. `Problem` is its only way to HTTP.
package enum GatewayError: Error, Sendable, Equatable {
    // Ingress rules
    case badRequest(reason: String)
    case hostNotAllowed
    case originForbidden
    case badTarget(reason: String)
    case methodNotAllowed(allowed: [String])
    case unsupportedMediaType(expected: String)
    case bodyTooLarge(limit: Int)
    case requestTimeout
    case headTooLarge
    case fieldInvalid(name: String, expected: String)

    // Who calls, and may they
    case callerKeyMissing
    case callerKeyInvalid
    case scopeMissing(String)
    case userNotFound(String)
    case userUnusable(name: String, state: String, reason: String?)
    case credentialUnavailable(name: String)

    // What is called
    case pathNotForwarded
    /// The call is not in the catalogue and looks as if it created, changed or destroyed users.
    case captureUnavailable

    // Creating and destroying home users
    case developerRequired(String)
    case developerOutdated(String)
    case storeNameInvalid(field: String)
    case storeNameForbidden(String)
    case storeNameTaken(String)
    /// Nobody was created, and the store could not be told.
    case nameNotFreed(String)
    case custodyFull(reason: String)
    case custodyUnavailable
    case answerQuarantined(name: String, identifier: String)
    case credentialLost(name: String)
    case credentialNotErased(name: String)

    // Connecting home users
    case connect(ConnectFailure)

    // What is sent
    case malformedJSON(pointer: String, offset: Int, reason: String)
    case badEnvelope(pointer: String, expected: String)
    case invalidBody(ValidationReport)

    // Limits
    case quotaExceeded(LimitRefusal)
    case upstreamHeld(UpstreamHold, retryAfterSeconds: Int)
    case limitsUnavailable
    case overloaded

    // The upstream
    case upstreamUnreachable
    case upstreamConnectTimeout
    case upstreamAddressRefused
    case upstreamTLS
    case upstreamTimeout(outcomeUnknown: Bool)
    case upstreamConnectionLost(outcomeUnknown: Bool)
    case upstreamBadResponse
    case upstreamResponseTooLarge

    /// The answer holds a token pair that nobody asked for.
    case answerWithheld

    // The gateway
    case auditUnavailable

    /// The call was made, and that it ended could not be written down.
    case outcomeNotRecorded
    case shuttingDown
    case internalFailure

    /// What a refusal by limits tells about them.
    var limits: LimitStanding? {
        if case .quotaExceeded(let refusal) = self { refusal.standing } else { nil }
    }
}
