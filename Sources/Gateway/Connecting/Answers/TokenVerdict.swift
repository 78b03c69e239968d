// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl

/// What came of a request for credentials.
enum TokenVerdict: Sendable {
    case granted(TokenAnswer)

    /// A 4xx: WegoWise said no, and issued nothing.
    case refused(OAuthProblem, status: Int)

    /// A success nobody can read.
    case unreadable

    /// WegoWise was never asked.
    case notSent(TransferFailure)

    /// It may have issued a pair that nobody has. Nil: no status came back.
    case unclear(status: Int?, TransferFailure?)

    init(_ outcome: Result<TransferResponse, TransferFailure>) {
        switch CallVerdict(outcome) {
        case .carriedOut(let response):
            self = TokenAnswer(response.body.readableBytesView).map(TokenVerdict.granted) ?? .unreadable
        case .notCarriedOut:
            switch outcome {
            case .success(let response): self = .refused(OAuthProblem(response), status: response.status)
            case .failure(let failure): self = .notSent(failure)
            }
        case .unknown:
            switch outcome {
            case .success(let response): self = .unclear(status: response.status, nil)
            case .failure(let failure): self = .unclear(status: nil, failure)
            }
        }
    }
}
