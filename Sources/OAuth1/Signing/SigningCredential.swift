// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// With what a request is signed.
package struct SigningCredential: Sendable {
    /// An identifier, not a secret.
    package let consumerKey: [UInt8]
    /// Nil when asking for temporary credentials (RFC 5849, 2.1).
    package let token: Secret?
    package let key: SigningKey

    package init(consumerKey: [UInt8], token: Secret?, key: SigningKey) {
        self.consumerKey = consumerKey
        self.token = token
        self.key = key
    }
}
