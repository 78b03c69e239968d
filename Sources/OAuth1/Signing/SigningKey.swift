// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import FoundationEssentials
import Secrets

/// Consumer secret and token secret, encoded and joined (RFC 5849, 3.4.2), and made ready for HMAC once.
package struct SigningKey: Sendable, Redacted {
    private let key: Secret
    /// The state of HMAC-SHA1 after the key: a copy of it saves two of the hash's blocks with every signature.
    private let hmacSHA1: HMAC<Insecure.SHA1>

    /// `tokenSecret` is nil before there is a token; it counts as empty.
    package init(consumerSecret: Secret, tokenSecret: Secret?) {
        var text: [UInt8] = []
        defer { text.wipe() }
        text.reserveCapacity(3 * (consumerSecret.byteCount + (tokenSecret?.byteCount ?? 0)) + 1)
        consumerSecret.expose { PercentEncoding.append($0, to: &text) }
        text.append(UInt8(ascii: "&"))
        tokenSecret?.expose { PercentEncoding.append($0, to: &text) }
        key = Secret(text)
        hmacSHA1 = HMAC(key: SymmetricKey(data: text))
    }

    /// The value of `oauth_signature`, not yet percent-encoded.
    package func signature(of baseString: SignatureBaseString, method: SignatureMethod) -> [UInt8] {
        switch method {
        case .hmacSHA1:
            var hmac = hmacSHA1
            hmac.update(data: baseString.bytes)
            return Base64.encode(hmac.finalize())
        case .hmacSHA256:
            var hmac = key.expose { HMAC<SHA256>(key: SymmetricKey(data: $0)) }
            hmac.update(data: baseString.bytes)
            return Base64.encode(hmac.finalize())
        case .plaintext:
            return key.expose { Array($0) }
        }
    }
}
