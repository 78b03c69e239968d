// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody
import RateLimits

/// What goes back to a client.
struct Answer: Sendable {
    enum Content: Sendable {
        case upstream(TransferResponse)
        case problem(Problem)
        case own(OwnAnswer)
    }

    let content: Content

    /// 32 hexadecimal digits.
    let requestID: [UInt8]

    /// For `RateLimit`; empty when nothing was counted.
    let limits: LimitStanding

    /// What the gateway adds to an answer of the upstream.
    var notes = AnswerNotes()

    /// The answer to HEAD has a head only.
    let isHead: Bool

    var status: Int {
        switch content {
        case .upstream(let response): response.status
        case .problem(let problem): problem.status
        case .own(let own): own.status
        }
    }
}

/// An answer of the gateway itself that is no problem.
struct OwnAnswer: Sendable {
    var status = 200
    var contentType: String
    var body: [UInt8]

    /// Further fields. Names and values must be fit for a header as they stand.
    var fields: [(name: String, value: String)] = []

    static func json(_ body: [UInt8], status: Int = 200) -> OwnAnswer {
        OwnAnswer(status: status, contentType: "application/json", body: body)
    }
}

/// Fields the gateway adds to an answer of the upstream.
struct AnswerNotes: Sendable {
    /// `Wego-Gateway-Stored-User`: the home user whose new credential was taken out of this answer.
    var storedUser: HomeUserName?

    /// `Preference-Applied`: the seconds that the call might have waited (RFC 7240 section 3).
    var appliedWait: Int?

    /// `Wego-Gateway-Upstream-Problem`: why the upstream refused the signature or the token.
    var upstreamProblem: OAuthProblem?
}
