// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets
import Testing

struct SignerTests {
    private let credential = SigningCredential(
        consumerKey: Array("consumer".utf8),
        token: Secret(utf8: "token-canary"),
        key: SigningKey(consumerSecret: Secret(utf8: "secret-canary"), tokenSecret: Secret(utf8: "tokensecret-canary")))

    private func request(_ query: String = "", method: String = "GET", body: [UInt8]? = nil) throws -> SignableRequest {
        SignableRequest(
            method: Array(method.utf8),
            uri: try #require(
                BaseStringURI(scheme: "http", host: "www.example.com", port: nil, path: Array("/resource".utf8))),
            parameters: try #require(FormEncoding.parse(Array(query.utf8))),
            body: body)
    }

    private func header(
        _ signer: Signer, _ request: SignableRequest, timestamp: Int64 = 1_700_000_000, extra: [Parameter] = []
    ) -> String {
        text(
            signer.authorization(
                for: request, with: credential, timestamp: timestamp, nonce: Array("n".utf8), extra: extra))
    }

    @Test func writesTheDocumentedOrder() throws {
        let value = header(Signer(), try request(), extra: [Parameter("oauth_callback", "http://example.com/callback")])
        let start = """
            OAuth oauth_consumer_key="consumer", oauth_token="token-canary", oauth_signature_method="HMAC-SHA1", \
            oauth_timestamp="1700000000", oauth_nonce="n", oauth_version="1.0", \
            oauth_callback="http%3A%2F%2Fexample.com%2Fcallback", oauth_signature="
            """
        #expect(value.hasPrefix(start))
        #expect(value.hasSuffix("%3D\""))
    }

    @Test func writesTheRealmFirstAndDoesNotSignIt() throws {
        let bare = header(Signer(), try request())
        let realm = header(Signer(realm: "a \"b\" \\ http://c/"), try request())
        #expect(realm == "OAuth realm=\"a \\\"b\\\" \\\\ http://c/\", " + bare.dropFirst("OAuth ".count))
        let parsed = try AuthorizationHeader.parse(Array(realm.utf8))
        #expect(parsed.realm == "a \"b\" \\ http://c/")
    }

    @Test func leavesTheTokenOutWhenThereIsNone() throws {
        let temporary = SigningCredential(
            consumerKey: Array("c&k".utf8), token: nil,
            key: SigningKey(consumerSecret: Secret(utf8: "s"), tokenSecret: nil))
        let value = text(
            Signer(method: .plaintext).authorization(
                for: try request(), with: temporary, timestamp: 0, nonce: Array("n".utf8)))
        #expect(
            value == """
                OAuth oauth_consumer_key="c%26k", oauth_signature_method="PLAINTEXT", oauth_timestamp="0", \
                oauth_nonce="n", oauth_version="1.0", oauth_signature="s%26"
                """)
    }

    @Test func doesNotLookAtAJSONBody() throws {
        let empty = header(Signer(), try request(method: "POST"))
        #expect(header(Signer(), try request(method: "POST", body: Array("{\"a\":1}".utf8))) == empty)
        #expect(header(Signer(), try request(method: "POST", body: Array("a=1".utf8))) == empty)
        #expect(header(Signer(), try request("a=1", method: "POST")) != empty)
    }

    @Test(arguments: [
        ("a=1", "a=2"), ("x=a+b", "x=a%2Bb"), ("a=1&a=2", "a=1&a=1"), ("a=1", "A=1"), ("", "a"), ("%C3%A9", "e%CC%81"),
    ])
    func tellsQueriesApart(one: String, other: String) throws {
        #expect(header(Signer(), try request(one)) != header(Signer(), try request(other)))
    }

    @Test(arguments: [("a=1&b=2", "b=2&a=1"), ("x=a+b", "x=a%20b"), ("e", "e="), ("a=%7e", "a=~"), ("a=1", "&a=1&&")])
    func signsTheMeaningNotTheSpelling(one: String, other: String) throws {
        #expect(header(Signer(), try request(one)) == header(Signer(), try request(other)))
    }

    @Test func changesWithEveryArgument() throws {
        let original = header(Signer(), try request())
        #expect(header(Signer(), try request(), timestamp: 1_700_000_001) != original)
        #expect(header(Signer(), try request(method: "HEAD")) != original)
        #expect(header(Signer(method: .hmacSHA256), try request()) != original)
        #expect(header(Signer(), try request()) == original)
    }

    @Test(arguments: Fixture.load("body_hashes.json", as: BodyHashVector.self))
    func hashesTheBodyAsPublished(vector: BodyHashVector) throws {
        let method = try #require(SignatureMethod(rawValue: vector.signatureMethod))
        let body = Array(vector.body.utf8)
        #expect(text(BodyHash.value(of: body, method: method)) == vector.bodyHash)
        let value = Signer(method: method, includesBodyHash: true).authorization(
            for: try request(method: vector.method, body: body),
            with: SigningCredential(
                consumerKey: credential.consumerKey, token: Secret(utf8: "token"), key: credential.key),
            timestamp: vector.timestamp, nonce: Array(vector.nonce.utf8))
        let parsed = try AuthorizationHeader.parse(value)
        #expect(parsed.bodyHash.map { text($0) } == vector.bodyHash)
        let expected = credential.key.signature(
            of: SignatureBaseString(bytes: Array(vector.baseString.utf8)), method: method)
        #expect(parsed.signature == expected)
        #expect(SignatureCheck.bodyHashMatches(body, header: parsed) == true)
        #expect(SignatureCheck.bodyHashMatches(body + [0], header: parsed) == false)
    }

    @Test func hasNoBodyHashUnlessAskedAndNeverForAForm() throws {
        let asked = Signer(includesBodyHash: true)
        #expect(!header(Signer(), try request(method: "POST", body: [1])).contains("oauth_body_hash"))
        #expect(!header(asked, try request("a=1", method: "POST", body: nil)).contains("oauth_body_hash"))
        #expect(header(asked, try request(method: "POST", body: [])).contains("oauth_body_hash"))
    }
}
