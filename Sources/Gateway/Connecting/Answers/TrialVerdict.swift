// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl

/// Whether a new credential works, going by the answer to `GET /oauth/user`.
enum TrialVerdict: Sendable, Equatable {
    case works

    /// A definite no, which another try would not change.
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
        case 200...299: self = .works
        case 401 where problem == .timestampRefused || problem == .nonceUsed: self = .unclear
        case 408, 425, 429: self = .unclear
        case 400...499: self = .refused(problem, status: response.status)
        default: self = .unclear
        }
    }
}
