// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody

/// What a person sees who comes back from the consent page. Nothing of the request stands in it; where access was granted,
/// it says to what and for whom, so that somebody who was sent a foreign link can see it.
struct ConnectPage: Sendable, Equatable {
    enum Mood: String, Sendable {
        case good, open, bad
    }

    let status: Int
    let mood: Mood
    let title: String

    /// What happened, and what to do next.
    let sentences: [String]

    static func connected(_ user: HomeUser) -> ConnectPage {
        let account = user.upstreamUsername.map { "the WegoWise account \"\($0)\"" } ?? "your WegoWise data"
        return ConnectPage(
            200, .good, "Your account is connected",
            "Access to \(account) was granted to \(holder(user)), and it works.", notYou, "You may close this page.")
    }

    /// Who can use the access from now on.
    private static func holder(_ user: HomeUser) -> String {
        "the user \"\(user.name)\" of \"\(user.tenant)\""
    }

    private static let notYou =
        "If that user is not you, withdraw the access in your WegoWise account, and tell whoever sent you here."

    static func unconfirmed(_ user: HomeUser) -> ConnectPage {
        ConnectPage(
            202, .open, "Almost there",
            "Access was granted to \(holder(user)), but WegoWise gave no clear answer when it was tried. The gateway goes on "
                + "trying.",
            notYou,
            "You may close this page. If it does not work in a few minutes, start again in the application that sent you here."
        )
    }

    private static let askThem = "Ask the people who run the application that sent you here."
    private static let startAgain = "Go back to the application that sent you here, and start again there."

    init(_ status: Int, _ mood: Mood, _ title: String, _ sentences: String...) {
        self.status = status
        self.mood = mood
        self.title = title
        self.sentences = sentences
    }

    init(_ error: GatewayError) {
        guard case .connect(let failure) = error else {
            self.init(notOfConnecting: error)
            return
        }
        switch failure {
        case .denied: self = .denied
        case .sessionUsed: self = .used
        case .sessionExpired:
            self.init(410, .bad, "This link is too old", "Too much time passed since you began.", Self.startAgain)
        case .badCallback: self = .unknown(400)
        case .sessionUnknown: self = .unknown(404)
        case .tooManyCallbacks: self = .crowded
        case .exchangeRefused, .answerUnreadable:
            self.init(
                502, .bad, "WegoWise refused", "WegoWise did not confirm what you allowed. Nothing was changed.",
                Self.startAgain)
        case .exchangeNotSent(let kind): self = kind.isOurs ? .broken : .unreached
        case .exchangeUnclear: self = .unanswered(504)
        case .credentialRefused:
            self.init(
                502, .bad, "The new access does not work",
                "WegoWise granted access and then refused it. What was there before is still in place.",
                Self.startAgain)
        case .otherAccount:
            self.init(
                409, .bad, "This is another account",
                "You allowed access to another WegoWise account than the one that is connected here. Nothing was changed.",
                "Log out of WegoWise, go back to the application that sent you here, and start again with the right account."
            )
        case .overtaken:
            self.init(
                409, .bad, "This connection was called off", "Somebody changed this connection meanwhile.", Self.askThem
            )
        default: self = .broken
        }
    }

    private init(notOfConnecting error: GatewayError) {
        switch error {
        case .outcomeNotRecorded: self = .untold
        case .quotaExceeded, .upstreamHeld, .limitsUnavailable: self = .held(Problem(error).status)
        default: self = .broken
        }
    }

    /// The exchange did not get its turn.
    private static func held(_ status: Int) -> ConnectPage {
        ConnectPage(
            status, .open, "One moment, please",
            "Too much is asked of WegoWise just now, so what you allowed was not confirmed yet. Nothing was changed, and your "
                + "link is still good.",
            "Load this page again in a minute.")
    }

    private static let denied = ConnectPage(
        403, .bad, "Access was not granted", "You did not allow access, so nothing was connected or changed.",
        "If that was a mistake, go back to the application that sent you here, and start again there.")

    private static let used = ConnectPage(
        410, .bad, "This link was used before", "Such a link works once only.",
        "If your account is not connected, go back to the application that sent you here, and start again there.")

    private static func unknown(_ status: Int) -> ConnectPage {
        ConnectPage(
            status, .bad, "This link is not known here",
            "It belongs to no connection that is under way. It may be incomplete, or long past.", startAgain)
    }

    private static let crowded = ConnectPage(
        429, .bad, "Too much is going on", "This link is not known here, and too many such links came in just now.",
        startAgain)

    private static func unanswered(_ status: Int) -> ConnectPage {
        ConnectPage(
            status, .bad, "WegoWise did not answer",
            "What you allowed could not be confirmed. Nothing was changed here.",
            startAgain)
    }

    private static let unreached = ConnectPage(
        502, .bad, "WegoWise was not reached",
        "What you allowed could not be confirmed yet. Nothing was changed here, and your link is still good.",
        "Load this page again in a minute.")

    private static let untold = ConnectPage(
        503, .bad, "Something went wrong here",
        "What came of the connection could not be written down, so nothing is told about it. It may have worked.",
        askThem)

    private static let broken = ConnectPage(
        503, .bad, "Something went wrong here", "The connection could not be finished, by no fault of yours.",
        "Try again later, or ask the people who run the application that sent you here.")
}

extension TransferFailure.Kind {
    /// Whether a request stayed here for reasons that have nothing to do with WegoWise.
    var isOurs: Bool {
        switch self {
        case .notDurable, .overloaded, .outOfMemory, .shuttingDown: true
        case .unreachable, .connectTimeout, .addressRefused, .tls, .certificate, .timeout, .connectionLost,
            .badResponse, .responseTooLarge:
            false
        }
    }
}
