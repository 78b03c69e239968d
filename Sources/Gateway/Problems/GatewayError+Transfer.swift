// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl

extension GatewayError {
    /// Translates what the engine knows. `changesNothing` is true for methods that may be repeated (RFC 9110 section
    /// 9.2.1).
    init(_ failure: TransferFailure, changesNothing: Bool) {
        let outcomeUnknown = !changesNothing && failure.wire != .notSent
        guard !(outcomeUnknown && failure.kind.saysNothingWasSent) else {
            self = .upstreamConnectionLost(outcomeUnknown: true)
            return
        }
        switch failure.kind {
        case .unreachable: self = .upstreamUnreachable
        case .connectTimeout: self = .upstreamConnectTimeout
        case .addressRefused: self = .upstreamAddressRefused
        case .tls, .certificate: self = .upstreamTLS
        case .timeout: self = .upstreamTimeout(outcomeUnknown: outcomeUnknown)
        case .connectionLost: self = .upstreamConnectionLost(outcomeUnknown: outcomeUnknown)
        case .badResponse: self = .upstreamBadResponse
        case .responseTooLarge: self = .upstreamResponseTooLarge
        case .outOfMemory, .overloaded: self = .overloaded
        case .notDurable: self = .auditUnavailable
        case .shuttingDown: self = .shuttingDown
        }
    }
}

extension TransferFailure.Kind {
    /// Whether the problem this becomes claims that the request never left.
    fileprivate var saysNothingWasSent: Bool {
        switch self {
        case .unreachable, .connectTimeout, .addressRefused, .tls, .certificate, .outOfMemory, .notDurable, .overloaded,
            .shuttingDown:
            true
        case .timeout, .connectionLost, .badResponse, .responseTooLarge: false
        }
    }
}
