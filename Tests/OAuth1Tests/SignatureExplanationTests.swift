// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets
import Testing

struct SignatureExplanationTests {
    private let credential = SigningCredential(
        consumerKey: Array("consumer".utf8),
        token: Secret(utf8: "token/canary"),
        key: SigningKey(consumerSecret: Secret(utf8: "secret-canary"), tokenSecret: Secret(utf8: "tokensecret-canary")))

    private func explanation(
        _ signer: Signer = Signer(), query: String = "", extra: [Parameter] = []
    ) throws -> SignatureExplanation {
        let uri = BaseStringURI(scheme: "HTTPS", host: "WWW.example.com", port: 443, path: Array("/a%20b".utf8))
        let request = SignableRequest(
            method: Array("get".utf8), uri: try #require(uri),
            parameters: try #require(FormEncoding.parse(Array(query.utf8))))
        return signer.explain(
            for: request, with: credential, timestamp: 1_700_000_000, nonce: Array("n".utf8), extra: extra)
    }

    @Test func showsEveryStep() throws {
        let shown = try explanation(query: "z=1+2&%C3%A9&z=10")
        #expect(shown.method == "GET")
        #expect(shown.signatureMethod == .hmacSHA1)
        #expect(shown.baseStringURI == "https://www.example.com/a%20b")
        #expect(
            shown.parameters.map { "\($0.name)=\($0.value)" } == [
                "%C3%A9=", "oauth_consumer_key=consumer", "oauth_nonce=n", "oauth_signature_method=HMAC-SHA1",
                "oauth_timestamp=1700000000", "oauth_token=<redacted>", "oauth_version=1.0", "z=1%202", "z=10",
            ])
        #expect(
            shown.baseString == """
                GET&https%3A%2F%2Fwww.example.com%2Fa%2520b&%25C3%25A9%3D%26oauth_consumer_key%3Dconsumer%26\
                oauth_nonce%3Dn%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1700000000%26\
                oauth_token%3D<redacted>%26oauth_version%3D1.0%26z%3D1%25202%26z%3D10
                """)
        #expect(
            shown.header == """
                OAuth oauth_consumer_key="consumer", oauth_token="<redacted>", oauth_signature_method="HMAC-SHA1", \
                oauth_timestamp="1700000000", oauth_nonce="n", oauth_version="1.0", oauth_signature="<redacted>"
                """)
    }

    @Test(arguments: SignatureMethod.allCases)
    func showsNoSecretWhateverTheMethod(method: SignatureMethod) throws {
        let extra = [Parameter("oauth_callback", "http://c/"), Parameter("oauth_verifier", "verifier-canary")]
        let shown = try explanation(Signer(method: method), extra: extra)
        var dumped = ""
        dump(shown, to: &dumped)
        #expect(!dumped.contains("canary"))
        #expect(shown.header.contains("oauth_callback=\"http%3A%2F%2Fc%2F\""))
        #expect(shown.header.contains("oauth_verifier=\"<redacted>\""))
    }
}
