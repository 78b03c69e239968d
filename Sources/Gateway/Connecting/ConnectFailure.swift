// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl

/// Why a home user could not be connected. `Problem` and `ConnectPage` tell it to programs and to people.
package enum ConnectFailure: Error, Sendable, Equatable {
    // What was asked for
    case badRequest(pointer: String, expected: String)
    case nameInvalid
    /// Of the tenant, by name; empty when it has none.
    case consumerRequired(names: [String])
    case consumerUnknown(String)
    case consumerUnusable(String)
    case returnNotAllowed
    /// There is no address yet that a browser could come back to.
    case noCallbackAddress
    case tooManyOpen(reason: String)
    case tooManyCallbacks(retryAfterSeconds: Int)

    // Temporary credentials
    case beginningRefused(OAuthProblem, status: Int)
    case beginningUnclear(status: Int)
    case callbackNotConfirmed
    case answerUnreadable

    // The session
    case badCallback
    case sessionUnknown
    case sessionUsed
    case sessionExpired
    case sessionUnreadable
    case denied

    // The exchange
    case exchangeRefused(OAuthProblem, status: Int)
    case exchangeNotSent(TransferFailure.Kind)
    case exchangeUnclear

    // The new credential
    /// The user was changed, frozen or removed since the connection began.
    case overtaken
    case notStored
    /// WegoWise granted it and then refused it. `kept` names the user if there still is one.
    case credentialRefused(OAuthProblem, status: Int, kept: String?)
    /// It belongs to another account than the one that the user stands for.
    case otherAccount(String)
    /// It was not accepted, and going back failed.
    case notReverted(String)
}
