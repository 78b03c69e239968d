// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import RateLimits

extension UpstreamEnding {
    /// For a 429 that does not say how long, in nanoseconds.
    private static let unspecifiedPause = CoolDown.shortestPause

    /// - Parameter upstreamTime: seconds since 1970 on the upstream's clock.
    init(_ outcome: Result<TransferResponse, TransferFailure>, upstreamTime: @autoclosure () -> Int64) {
        switch outcome {
        case .success(let response):
            switch response.status {
            case 429, 503:
                let asked = RetryAfter(response)?.wait(upstreamTime: upstreamTime())
                let isOverload = response.status == 503
                guard let wait = asked ?? (isOverload ? nil : Self.unspecifiedPause) else {
                    self = .serverError
                    return
                }
                self = .asksForPause(wait: wait, isOverload: isOverload)
            case 500...: self = .serverError
            default: self = .answered
            }
        case .failure(let failure): self.init(failure)
        }
    }

    private init(_ failure: TransferFailure) {
        switch failure.kind {
        case .unreachable, .connectTimeout, .addressRefused, .tls, .certificate, .connectionLost, .badResponse:
            self = .transportFailure
        case .timeout: self = .timeout
        // The upstream did answer.
        case .responseTooLarge: self = .answered
        case .outOfMemory, .notDurable, .overloaded, .shuttingDown: self = .unknown
        }
    }
}

extension RetryAfter {
    init?(_ response: TransferResponse) {
        guard let field = response.head.first("retry-after") else { return nil }
        self.init(Array(field), date: { HTTPDate.seconds($0) })
    }
}
