// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody

/// Whether a new credential works, going by the answer to `GET /oauth/user`.
enum TrialVerdict: Sendable, Equatable {
    /// And whose it is, as far as the answer said.
    case works(UpstreamAccount)

    /// It works, and belongs to somebody else than the one before.
    case otherAccount

    /// A definite no about the credential, which another try would not change. What else is wrong says nothing about it.
    case refused(OAuthProblem, status: Int)

    /// Nothing can be said: both credentials are kept.
    case unclear

    /// - Parameter isRecorded: whether the journal has the end of the call. What is not written down did not happen.
    init(_ outcome: Result<TransferResponse, TransferFailure>, isRecorded: Bool) {
        guard isRecorded, case .success(let response) = outcome else {
            self = .unclear
            return
        }
        let problem = OAuthProblem(response)
        switch response.status {
        case 200...299: self = .works(UpstreamAccount(answer: response.body.readableBytesView))
        case 401 where problem.isAboutCredential: self = .refused(problem, status: response.status)
        default: self = .unclear
        }
    }

    /// What it means for a user who stands for `known`.
    func compared(with known: UpstreamAccount) -> TrialVerdict {
        guard case .works(let account) = self else { return self }
        switch account.compared(with: known) {
        case .same: return self
        case .other: return .otherAccount
        case .unclear: return .unclear
        }
    }
}
