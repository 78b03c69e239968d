// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import RateLimits

/// What goes back to a client.
struct Answer: Sendable {
    enum Content: Sendable {
        case upstream(TransferResponse)
        case problem(Problem)
        case json([UInt8])
    }

    let content: Content

    /// 32 hexadecimal digits.
    let requestID: [UInt8]

    /// For `RateLimit`; empty when nothing was counted.
    let limits: [LimitState]

    /// The answer to HEAD has a head only.
    let isHead: Bool

    var status: Int {
        switch content {
        case .upstream(let response): response.status
        case .problem(let problem): problem.status
        case .json: 200
        }
    }
}
