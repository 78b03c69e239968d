// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import CCurl

extension TransferFailure {
    /// Reads https://curl.se/libcurl/c/libcurl-errors.html together with what the callbacks noticed.
    init(_ result: ccurl_result) {
        let wire: WireState = result.answer_started ? .answered : result.was_sent ? .unknown : .notSent
        self.init(Self.kind(of: result), wire, String(cString: result.message))
    }

    private static func kind(of result: ccurl_result) -> Kind {
        switch result.reason {
        case CCURL_REASON_STALE, CCURL_REASON_RESEND_REFUSED: .connectionLost
        case CCURL_REASON_NOT_DURABLE: .notDurable
        case CCURL_REASON_BODY_TOO_LARGE, CCURL_REASON_HEAD_TOO_LARGE: .responseTooLarge
        case CCURL_REASON_MEMORY: .outOfMemory
        case CCURL_REASON_ADDRESS_REFUSED: .addressRefused
        default: kind(ofCode: result.code, whenConnected: result.attempts > 0)
        }
    }

    private static func kind(ofCode code: Int32, whenConnected isConnected: Bool) -> Kind {
        switch code {
        case 0: .badResponse  // ended well for libcurl, with a status that ends no exchange
        case 5, 6, 7: .unreachable
        case 28: isConnected ? .timeout : .connectTimeout
        case 60, 90: .certificate
        case 35, 53, 54, 58, 59, 64, 66, 77, 80, 82, 83, 91: .tls
        case 1, 8, 43, 61: .badResponse
        case 63: .responseTooLarge
        case 27: .outOfMemory
        default: .connectionLost
        }
    }
}
