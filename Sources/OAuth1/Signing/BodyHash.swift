// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import FoundationEssentials

/// `oauth_body_hash` of the OAuth Request Body Hash draft: binds a body that is not a form to the signature.
package enum BodyHash {
    /// Base64, made with the hash of the signature method; SHA-1 for PLAINTEXT.
    package static func value(of body: [UInt8], method: SignatureMethod) -> [UInt8] {
        switch method {
        case .hmacSHA1, .plaintext: Base64.encode(Insecure.SHA1.hash(data: body))
        case .hmacSHA256: Base64.encode(SHA256.hash(data: body))
        }
    }
}
