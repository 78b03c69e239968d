// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl

/// Whether the upstream did what a call asked for, as far as anybody can tell.
enum CallVerdict: Sendable {
    case carriedOut(TransferResponse)

    /// For certain: it said no, or was never asked.
    case notCarriedOut

    /// The reason is one line for the operator.
    case unknown(reason: String)

    init(_ outcome: Result<TransferResponse, TransferFailure>) {
        switch outcome {
        case .success(let response) where response.isSuccess: self = .carriedOut(response)
        case .success(let response) where (400...499).contains(response.status): self = .notCarriedOut
        // Redirects and server errors promise nothing: a proxy may have written them behind a call that went through.
        case .success(let response): self = .unknown(reason: "WegoWise answered with status \(response.status)")
        case .failure(let failure) where failure.wire == .notSent: self = .notCarriedOut
        case .failure(let failure): self = .unknown(reason: "the answer was lost (\(failure.kind.rawValue))")
        }
    }
}
