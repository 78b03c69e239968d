// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension Problem {
    /// Connecting home users.
    static func connecting(_ failure: ConnectFailure) -> Problem {
        switch failure {
        case .badRequest, .nameInvalid, .consumerRequired, .consumerUnknown, .consumerUnusable, .returnNotAllowed,
            .noCallbackAddress, .tooManyOpen, .tooManyCallbacks:
            connectRequest(failure)
        case .beginningRefused, .beginningUnclear, .callbackNotConfirmed, .answerUnreadable:
            connectBeginning(failure)
        case .badCallback, .sessionUnknown, .sessionUsed, .sessionExpired, .sessionUnreadable, .denied:
            connectSession(failure)
        case .exchangeRefused, .exchangeNotSent, .exchangeUnclear, .overtaken, .notStored, .credentialRefused,
            .otherAccount, .notReverted:
            connectEnd(failure)
        }
    }

    private static func connectRequest(_ failure: ConnectFailure) -> Problem {
        switch failure {
        case .badRequest(let pointer, let expected):
            return Problem(400, "bad-connect-request", "Body not acceptable", "Expected \(expected).").at(pointer)
        case .nameInvalid:
            return Problem(
                400, "user-name-invalid", "No usable name for a home user",
                "The name in the path must have 1 to 64 of A-Z a-z 0-9 . _ @ -, beginning with a letter or digit. "
                    + "Nothing was sent.")
        case .consumerRequired(let names):
            let choice =
                names.isEmpty
                ? "The tenant has no consumer yet: add one with 'wego-gateway consumer add'."
                : "There is no such home user yet, and the tenant has several consumers: name one of them in 'consumer'."
            return Problem(422, "consumer-required", "Which consumer?", "\(choice) Nothing was sent.").at("/consumer")
        case .consumerUnknown(let name):
            return Problem(
                422, "consumer-not-found", "No such consumer",
                "The tenant has no consumer '\(name)'; see 'wego-gateway consumer list'. Nothing was sent."
            ).at("/consumer")
        case .returnNotAllowed:
            return Problem(
                422, "return-to-not-allowed", "Address not allowed",
                "A browser is sent back only to an http or https URL without fragment on one of the origins in "
                    + "oauth.return_to. Nothing was sent."
            ).at("/return_to")
        case .noCallbackAddress:
            return Problem(
                503, "callback-unknown", "No address to come back to",
                "Set oauth.callback_url, start the gateway, or use the mode 'oob'. Nothing was sent.")
        case .tooManyOpen(let reason):
            var problem = Problem(429, "connect-limit", "Too many unfinished connections", reason)
            problem.retryAfter = 60
            return problem
        case .tooManyCallbacks(let seconds):
            var problem = Problem(
                429, "callback-limit", "Too many callbacks",
                "No connection is under way with this oauth_token, and too many such came in.")
            problem.retryAfter = seconds
            return problem
        default:
            guard case .consumerUnusable(let name) = failure else { return Problem(.internalFailure) }
            return Problem(
                503, "consumer-unavailable", "Consumer not available",
                "The stored secret of consumer '\(name)' does not open. Give it a new one with 'wego-gateway consumer "
                    + "rotate \(name)'. Nothing was sent.")
        }
    }

    private static func connectBeginning(_ failure: ConnectFailure) -> Problem {
        switch failure {
        case .beginningRefused(let problem, let status):
            return Problem(
                502, "connect-refused", "WegoWise refused to begin",
                "The answer to /oauth/request_token was \(status), \(problem.rawValue): \(problem.adviceOnConsumer).")
        case .beginningUnclear(let status):
            return Problem(
                502, "connect-unanswered", "No usable answer from WegoWise",
                "The answer to /oauth/request_token was \(status). Nothing was begun; try again.")
        case .callbackNotConfirmed:
            return Problem(
                502, "callback-not-confirmed", "WegoWise did not confirm the callback",
                "Its answer lacks oauth_callback_confirmed=true, so it may send the person somewhere else. Nothing was begun."
            )
        default:
            return Problem(
                502, "connect-answer-unreadable", "Answer of WegoWise not understood",
                "It should hold oauth_token and oauth_token_secret, form-encoded, once each. Nothing was stored; begin again."
            )
        }
    }

    private static func connectSession(_ failure: ConnectFailure) -> Problem {
        switch failure {
        case .badCallback:
            return Problem(
                400, "bad-callback", "Callback not acceptable",
                "It must hold oauth_token and oauth_verifier once each, or say that access was denied.")
        case .sessionUnknown:
            return Problem(
                404, "connection-unknown", "No such connection",
                "No connection of this home user is under way with this oauth_token. Begin again.")
        case .sessionUsed:
            return Problem(
                410, "connection-used", "Connection already ended",
                "Each oauth_token works once. If the home user is not connected, begin again.")
        case .sessionExpired:
            return Problem(
                410, "connection-expired", "Too late", "The connection was not finished in time. Begin again.")
        case .denied:
            return Problem(
                403, "connection-denied", "Access not granted",
                "The person did not allow access, so there is no verifier. Nothing was changed.")
        default:
            return Problem(
                503, "connection-unreadable", "Stored connection does not open",
                "What was kept sealed of it cannot be opened. Begin again; if that meets the same, see master_key.")
        }
    }

    private static func connectEnd(_ failure: ConnectFailure) -> Problem {
        switch failure {
        case .exchangeRefused(let problem, let status):
            return Problem(
                502, "exchange-refused", "WegoWise refused the verifier",
                "The answer to /oauth/access_token was \(status), \(problem.rawValue). Nothing was changed; begin again."
            )
        case .exchangeNotSent(let kind):
            return Problem(
                kind.isOurs ? 503 : 502, "exchange-not-sent", "Verifier not sent",
                "The exchange did not leave this machine (\(kind.rawValue)). Nothing was changed; the connection and its "
                    + "verifier are still good until it expires.")
        case .exchangeUnclear:
            return Problem(
                504, "exchange-unclear", "No clear answer from WegoWise",
                "It may have issued a token, which nobody has and nobody can use. Nothing was changed here; begin again."
            )
        case .overtaken:
            return Problem(
                409, "connection-overtaken", "Overtaken by a change",
                "The home user or its consumer was changed since the connection began, or another connection of it was "
                    + "finished, and that stands. The new credential was not stored.")
        case .notStored:
            return Problem(
                503, "connection-not-stored", "The store cannot be used",
                "Nothing was changed. See the disk of state_directory, and begin again.")
        case .credentialRefused(let problem, let status, let kept):
            let left = kept.map { "'\($0)' has the credential it had before" } ?? "there is no such home user"
            return Problem(
                502, "new-credential-refused", "New credential refused",
                "WegoWise granted it, and then answered GET /oauth/user with \(status), \(problem.rawValue). It was thrown "
                    + "away: \(left).")
        case .otherAccount(let name):
            return Problem(
                409, "connect-other-account", "Another account",
                "The person granted access to another WegoWise account than the one that '\(name)' stands for. The new "
                    + "credential was thrown away; '\(name)' is as it was before. To change the account on purpose, "
                    + "remove the user with 'wego-gateway user rm \(name)' and connect it anew.")
        default:
            guard case .notReverted(let name) = failure else { return Problem(.internalFailure) }
            return Problem(
                503, "connection-not-reverted", "The store cannot be written",
                "The new credential did not pass its trial for '\(name)', and the one before could not be put back. It is kept "
                    + "sealed, and that is tried again every minute. See the disk of state_directory.")
        }
    }

    private func at(_ pointer: String) -> Problem {
        var problem = self
        problem.pointer = pointer
        return problem
    }
}

extension OAuthProblem {
    /// Nobody's token is involved in asking for temporary credentials.
    fileprivate var adviceOnConsumer: String {
        switch self {
        case .timestampRefused: advice
        default: "check key and secret with 'wego-gateway consumer list'"
        }
    }
}
