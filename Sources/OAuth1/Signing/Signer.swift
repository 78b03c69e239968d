// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How to sign. A value: time and nonce are arguments, and the same arguments give the same bytes.
package struct Signer: Sendable {
    package let method: SignatureMethod
    package let includesBodyHash: Bool
    package let realm: String?

    /// `realm` is printable ASCII. It stands in the header and is not signed.
    package init(method: SignatureMethod = .hmacSHA1, includesBodyHash: Bool = false, realm: String? = nil) {
        precondition(realm?.utf8.allSatisfy { (0x20...0x7E).contains($0) } ?? true, "a realm is printable ASCII")
        self.method = method
        self.includesBodyHash = includesBodyHash
        self.realm = realm
    }

    /// The value of the `Authorization` header (RFC 5849, 3.5.1). `timestamp` in seconds since 1970, by the server's clock;
    /// `nonce` new for every attempt; `extra` are further protocol parameters, such as `oauth_callback` or `oauth_verifier`.
    package func authorization(
        for request: SignableRequest,
        with credential: SigningCredential,
        timestamp: Int64,
        nonce: [UInt8],
        extra: [Parameter] = []
    ) -> [UInt8] {
        var parameters = protocolParameters(
            for: request, with: credential, timestamp: timestamp, nonce: nonce, extra: extra)
        var header = AuthorizationHeaderWriter(realm: realm, parameters: parameters, hidingSecrets: false)
        for parameter in request.parameters { parameters.append(parameter) }
        parameters.sort()
        let baseString = SignatureBaseString(method: request.method, uri: request.uri, sorted: parameters)
        header.append(signature: credential.key.signature(of: baseString, method: method))
        return header.bytes
    }

    /// What `authorization` does with the same arguments, step by step. Neither the token nor the signature is in it, nor
    /// anything else that only the two ends of the connection should know.
    package func explain(
        for request: SignableRequest,
        with credential: SigningCredential,
        timestamp: Int64,
        nonce: [UInt8],
        extra: [Parameter] = []
    ) -> SignatureExplanation {
        var parameters = protocolParameters(
            for: request, with: credential, timestamp: timestamp, nonce: nonce, extra: extra)
        var header = AuthorizationHeaderWriter(realm: realm, parameters: parameters, hidingSecrets: true)
        header.appendHiddenSignature()
        for parameter in request.parameters { parameters.append(parameter) }
        parameters.sort()
        return SignatureExplanation(
            method: request.method, signatureMethod: method, uri: request.uri, sorted: parameters, header: header.bytes)
    }

    /// In the order of the header.
    private func protocolParameters(
        for request: SignableRequest,
        with credential: SigningCredential,
        timestamp: Int64,
        nonce: [UInt8],
        extra: [Parameter]
    ) -> EncodedParameters {
        precondition(timestamp >= 0, "a timestamp counts from 1970")
        var parameters = EncodedParameters(
            capacity: 384 + request.parameters.count * 32, count: 8 + extra.count + request.parameters.count)
        parameters.append(name: "oauth_consumer_key", value: credential.consumerKey)
        credential.token?.expose { parameters.append(name: "oauth_token", value: $0, isHidden: true) }
        parameters.append(name: "oauth_signature_method", value: method.rawValue.utf8)
        parameters.append(name: "oauth_timestamp", value: String(timestamp).utf8)
        parameters.append(name: "oauth_nonce", value: nonce)
        parameters.append(name: "oauth_version", value: "1.0".utf8)
        for parameter in extra {
            // Of the parameters of the flow only the callback is not a credential.
            let isCallback = parameter.name.elementsEqual("oauth_callback".utf8)
            parameters.append(parameter, isHidden: !isCallback)
        }
        if includesBodyHash, let body = request.body {
            parameters.append(name: "oauth_body_hash", value: BodyHash.value(of: body, method: method))
        }
        return parameters
    }
}
