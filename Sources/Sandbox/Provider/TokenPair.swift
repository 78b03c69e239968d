// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets

/// An access token and its secret.
package struct TokenPair: Sendable {
    /// Bytes of chance behind each value; WegoWise's are as long: 40 hexadecimal characters.
    package static let randomByteCount = 20

    package let token: Secret
    package let secret: Secret

    package init(token: Secret, secret: Secret) {
        self.token = token
        self.secret = secret
    }

    package static func random() -> TokenPair {
        TokenPair(token: randomHexadecimal(), secret: randomHexadecimal())
    }

    /// As replies of the token endpoints write them.
    var parameters: [Parameter] {
        [
            Parameter(name: Array("oauth_token".utf8), value: token.expose { Array($0) }),
            Parameter(name: Array("oauth_token_secret".utf8), value: secret.expose { Array($0) }),
        ]
    }

    static func randomHexadecimal() -> Secret {
        let digits = Array("0123456789abcdef".utf8)
        return Secret.random(byteCount: randomByteCount).expose { bytes in
            Secret(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] })
        }
    }
}
