// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets
import Testing

struct SignatureCheckTests {
    private let consumerSecret = Secret(utf8: "consumer secret")
    private let tokenSecret = Secret(utf8: "token secret")
    private let parameters = [Parameter("a", "1"), Parameter("a", "2")]

    private func uri(_ path: String = "/r") throws -> BaseStringURI {
        try #require(BaseStringURI(scheme: "https", host: "h.example", port: nil, path: Array(path.utf8)))
    }

    private func signed(_ method: SignatureMethod) throws -> String {
        text(
            Signer(method: method, realm: "x").authorization(
                for: SignableRequest(method: Array("POST".utf8), uri: try uri(), parameters: parameters),
                with: SigningCredential(
                    consumerKey: Array("ck".utf8), token: Secret(utf8: "tk"),
                    key: SigningKey(consumerSecret: consumerSecret, tokenSecret: tokenSecret)),
                timestamp: 1, nonce: Array("n".utf8)))
    }

    private func verify(
        _ header: String, method: String = "POST", path: String = "/r", parameters: [Parameter]? = nil,
        consumerSecret: Secret? = nil, tokenSecret: Secret?? = nil
    ) throws -> Bool {
        SignatureCheck.verify(
            method: Array(method.utf8), uri: try uri(path), queryAndFormParameters: parameters ?? self.parameters,
            header: try AuthorizationHeader.parse(Array(header.utf8)),
            consumerSecret: consumerSecret ?? self.consumerSecret, tokenSecret: tokenSecret ?? self.tokenSecret)
    }

    @Test(arguments: SignatureMethod.allCases)
    func acceptsWhatTheSignerMade(method: SignatureMethod) throws {
        #expect(try verify(try signed(method)))
        #expect(try verify(try signed(method), parameters: parameters.reversed()))
    }

    @Test(arguments: SignatureMethod.allCases)
    func refusesOtherSecrets(method: SignatureMethod) throws {
        #expect(try !verify(try signed(method), consumerSecret: Secret(utf8: "consumer secreu")))
        #expect(try !verify(try signed(method), tokenSecret: .some(Secret(utf8: "token"))))
        #expect(try !verify(try signed(method), tokenSecret: .some(nil)))
    }

    @Test(arguments: [SignatureMethod.hmacSHA1, .hmacSHA256])
    func refusesAnotherRequest(method: SignatureMethod) throws {
        let header = try signed(method)
        #expect(try !verify(header, method: "PUT"))
        #expect(try !verify(header, path: "/R"))
        #expect(try !verify(header, parameters: [Parameter("a", "1")]))
        #expect(try !verify(header, parameters: parameters + [Parameter("b", "")]))
        #expect(try !verify(header.replacing("oauth_nonce=\"n\"", with: "oauth_nonce=\"m\"")))
        #expect(try !verify(header.replacing("oauth_token=\"tk\"", with: "oauth_token=\"tl\"")))
        #expect(try !verify(header + ", extra=\"1\""))
        #expect(try verify(header.replacing("realm=\"x\"", with: "realm=\"y\"")))
    }

    @Test func refusesAMissingSignatureAndAnUnknownMethod() throws {
        let header = try signed(.hmacSHA1)
        let bare = try #require(header.firstRange(of: ", oauth_signature=")).lowerBound
        #expect(try !verify(String(header[..<bare])))
        #expect(try !verify(header.replacing("HMAC-SHA1", with: "RSA-SHA1")))
        #expect(try !verify(header.replacing("HMAC-SHA1", with: "PLAINTEXT")))
    }

    @Test func judgesBodyHashes() throws {
        let none = try AuthorizationHeader.parse(Array("OAuth oauth_nonce=\"n\"".utf8))
        #expect(SignatureCheck.bodyHashMatches([], header: none) == nil)
        let unknown = try AuthorizationHeader.parse(Array("OAuth oauth_body_hash=\"x\"".utf8))
        #expect(SignatureCheck.bodyHashMatches([], header: unknown) == false)
    }
}
