// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl

/// What a person sees who comes back from the consent page. Fixed sentences: nothing of the request stands in them.
struct ConnectPage: Sendable, Equatable {
    enum Mood: String, Sendable {
        case good, open, bad
    }

    let status: Int
    let mood: Mood
    let title: String

    /// What happened, and what to do next.
    let sentences: [String]

    static let connected = ConnectPage(
        200, .good, "Your account is connected",
        "Access to your WegoWise data was granted, and it works.", "You may close this page.")

    static let unconfirmed = ConnectPage(
        202, .open, "Almost there",
        "Access was granted, but WegoWise did not answer when it was tried. The gateway goes on trying.",
        "You may close this page. If it does not work in a few minutes, start again in the application that sent you here."
    )

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
            self = .broken
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
        case .exchangeNotSent(let kind): self = kind.isOurs ? .broken : .unanswered(502)
        case .exchangeUnclear: self = .unanswered(504)
        case .credentialRefused:
            self.init(
                502, .bad, "The new access does not work",
                "WegoWise granted access and then refused it. What was there before is still in place.",
                Self.startAgain)
        case .overtaken:
            self.init(
                409, .bad, "This connection was called off", "Somebody changed this connection meanwhile.", Self.askThem
            )
        default: self = .broken
        }
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
        429, .bad, "Too much is going on", "Too many people, or programs, came to this page just now.",
        "Wait a minute and load this page again. Your link is still good.")

    private static func unanswered(_ status: Int) -> ConnectPage {
        ConnectPage(
            status, .bad, "WegoWise did not answer",
            "What you allowed could not be confirmed. Nothing was changed here.",
            startAgain)
    }

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
