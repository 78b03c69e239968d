// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets
import Testing

struct PublishedRequestTests {
    private static let vectors = Fixture.load("requests.json", as: RequestVector.self)

    @Test(arguments: vectors)
    func signsAsPublished(vector: RequestVector) throws {
        let baseString = SignatureBaseString(
            method: Array(vector.method.utf8), uri: try uri(of: vector),
            parameters: try parameters(of: vector) + vector.protocolParameters.map { Parameter($0) })
        #expect(text(baseString.bytes) == vector.baseString)
        let signature = key(of: vector).signature(of: baseString, method: try method(of: vector))
        #expect(text(signature) == vector.signature)
    }

    /// The signer always sends `oauth_version`, so only examples with it can be rebuilt as a whole.
    @Test(arguments: vectors.filter { $0.protocolParameters.contains(["oauth_version", "1.0"]) })
    func buildsTheHeader(vector: RequestVector) throws {
        let header = Signer(method: try method(of: vector)).authorization(
            for: SignableRequest(
                method: Array(vector.method.utf8), uri: try uri(of: vector), parameters: try parameters(of: vector)),
            with: SigningCredential(
                consumerKey: Array(try #require(value("oauth_consumer_key", in: vector)).utf8),
                token: value("oauth_token", in: vector).map { Secret(utf8: $0) },
                key: key(of: vector)),
            timestamp: try #require(value("oauth_timestamp", in: vector).flatMap { Int64($0) }),
            nonce: Array(try #require(value("oauth_nonce", in: vector)).utf8),
            extra: vector.protocolParameters.map { Parameter($0) }.filter { parameter in
                ["oauth_callback", "oauth_verifier"].contains(text(parameter.name))
            })
        let expected = (vector.protocolParameters + [["oauth_signature", vector.signature]])
            .map { "\($0[0])=\"\(text(PercentEncoding.encode($0[1].utf8)))\"" }
            .joined(separator: ", ")
        #expect(text(header) == "OAuth " + expected)
    }

    @Test(arguments: vectors)
    func acceptsTheSignatureAndNoOther(vector: RequestVector) throws {
        #expect(try verifies(vector, signature: vector.signature))
        #expect(try !verifies(vector, signature: vector.signature + "A"))
        #expect(try !verifies(vector, signature: "A" + vector.signature.dropFirst()))
        #expect(try !verifies(vector, signature: ""))
    }

    private func verifies(_ vector: RequestVector, signature: String) throws -> Bool {
        let header = (vector.protocolParameters + [["oauth_signature", signature]])
            .map { "\($0[0])=\"\(text(PercentEncoding.encode($0[1].utf8)))\"" }
            .joined(separator: ",")
        return SignatureCheck.verify(
            method: Array(vector.method.utf8), uri: try uri(of: vector),
            queryAndFormParameters: try parameters(of: vector),
            header: try AuthorizationHeader.parse(Array("OAuth \(header)".utf8)),
            consumerSecret: Secret(utf8: vector.consumerSecret),
            tokenSecret: vector.tokenSecret.map { Secret(utf8: $0) })
    }

    private func uri(of vector: RequestVector) throws -> BaseStringURI {
        try #require(
            BaseStringURI(scheme: vector.scheme, host: vector.host, port: vector.port, path: Array(vector.path.utf8)))
    }

    private func parameters(of vector: RequestVector) throws -> [Parameter] {
        try #require(FormEncoding.parse(Array(vector.query.utf8)))
            + #require(FormEncoding.parse(Array(vector.form.utf8)))
    }

    private func key(of vector: RequestVector) -> SigningKey {
        SigningKey(
            consumerSecret: Secret(utf8: vector.consumerSecret),
            tokenSecret: vector.tokenSecret.map { Secret(utf8: $0) })
    }

    private func method(of vector: RequestVector) throws -> SignatureMethod {
        try #require(value("oauth_signature_method", in: vector).flatMap { SignatureMethod(rawValue: $0) })
    }

    private func value(_ name: String, in vector: RequestVector) -> String? {
        vector.protocolParameters.first { $0[0] == name }?[1]
    }
}
