// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// The server's side: is the signature in the header the one these secrets make? (RFC 5849, 3.2)
///
/// Says nothing about timestamp, nonce and version; those are the server's to check.
package enum SignatureCheck {
    /// Compares in constant time. False also if the header has no signature or names an unknown method.
    package static func verify(
        method: [UInt8],
        uri: BaseStringURI,
        queryAndFormParameters: [Parameter],
        header: AuthorizationHeader,
        consumerSecret: Secret,
        tokenSecret: Secret?
    ) -> Bool {
        guard let signature = header.signature, let signatureMethod = header.signatureMethod else { return false }
        let signed = header.parameters.filter { !$0.name.elementsEqual("oauth_signature".utf8) }
        let baseString = SignatureBaseString(method: method, uri: uri, parameters: signed + queryAndFormParameters)
        let key = SigningKey(consumerSecret: consumerSecret, tokenSecret: tokenSecret)
        return ConstantTime.areEqual(key.signature(of: baseString, method: signatureMethod), signature)
    }

    /// Nil if the header has no `oauth_body_hash`.
    package static func bodyHashMatches(_ body: [UInt8], header: AuthorizationHeader) -> Bool? {
        guard let expected = header.bodyHash else { return nil }
        guard let method = header.signatureMethod else { return false }
        return ConstantTime.areEqual(BodyHash.value(of: body, method: method), expected)
    }
}
