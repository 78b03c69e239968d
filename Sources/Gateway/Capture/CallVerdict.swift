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
        // 408 and 499 are written by whoever gave up waiting for a request, or for an answer to it.
        case .success(let response) where [408, 499].contains(response.status): self = Self.unknown(response)
        case .success(let response) where (400...499).contains(response.status): self = .notCarriedOut
        // Redirects and server errors promise nothing: a proxy may have written them behind a call that went through.
        case .success(let response): self = Self.unknown(response)
        case .failure(let failure) where failure.wire == .notSent: self = .notCarriedOut
        case .failure(let failure): self = .unknown(reason: "the answer was lost (\(failure.kind.rawValue))")
        }
    }

    private static func unknown(_ response: TransferResponse) -> CallVerdict {
        .unknown(reason: "WegoWise answered with status \(response.status)")
    }
}
