// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl

/// Whether a failed attempt is followed by another. A pure rule: see docs/engine.md.
struct RetryRule: Sendable {
    /// The first attempt included.
    static let maximumAttempts = 2

    /// Again only when the request provably never left, or when repeating it changes nothing; never when the other side is
    /// not who it should be, and never when the failure is of a kind that a second try meets again.
    static func allows(after failure: TransferFailure, attempts: Int, changesNothing: Bool) -> Bool {
        guard attempts < maximumAttempts else { return false }
        switch failure.kind {
        case .unreachable, .connectionLost: return failure.wire == .notSent || changesNothing
        case .connectTimeout, .addressRefused, .tls, .certificate, .timeout, .badResponse, .responseTooLarge,
            .outOfMemory, .notDurable, .overloaded, .shuttingDown:
            return false
        }
    }
}
