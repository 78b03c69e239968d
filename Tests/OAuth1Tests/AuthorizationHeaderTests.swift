// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Testing

struct AuthorizationHeaderTests {
    private func parse(_ value: String) throws(AuthorizationHeaderError) -> AuthorizationHeader {
        try AuthorizationHeader.parse(Array(value.utf8))
    }

    @Test(arguments: Fixture.load("headers.json", as: HeaderVector.self))
    func readsThePublishedExamples(vector: HeaderVector) throws {
        let header = try parse(vector.header)
        #expect(header.realm == vector.realm)
        #expect(header.parameters == vector.parameters.map { Parameter($0) })
    }

    @Test func namesTheProtocolParameters() throws {
        let header = try parse(
            """
            oauth  realm="" ,\toauth_consumer_key="k%2F",oauth_token="t", oauth_signature_method="HMAC-SHA256",\
            oauth_timestamp="137131200", oauth_nonce="n", oauth_version="1.0", oauth_callback="oob", \
            oauth_verifier="", oauth_signature="s%3D", x%5B%5D="y"\u{20}
            """)
        #expect(header.realm == "")
        #expect(header.consumerKey.map { text($0) } == "k/")
        #expect(header.token.map { text($0) } == "t")
        #expect(header.signatureMethod == .hmacSHA256)
        #expect(header.timestamp == 137_131_200)
        #expect(header.nonce.map { text($0) } == "n")
        #expect(header.version.map { text($0) } == "1.0")
        #expect(header.callback.map { text($0) } == "oob")
        #expect(header.verifier == [])
        #expect(header.signature.map { text($0) } == "s=")
        #expect(header.value("x[]").map { text($0) } == "y")
        #expect(header.value("realm") == nil)
        #expect(header.bodyHash == nil)
    }

    @Test(arguments: ["0", "-1", "%2B1", "1.0", "", "1e3", "%D9%A1", "1234567890123456789", "12a"])
    func takesOnlyPositiveDecimalTimestamps(value: String) throws {
        #expect(try parse("OAuth oauth_timestamp=\"\(value)\"").timestamp == nil)
    }

    @Test func doesNotKnowOtherSignatureMethods() throws {
        #expect(try parse("OAuth oauth_signature_method=\"RSA-SHA1\"").signatureMethod == nil)
        #expect(try parse("OAuth oauth_signature_method=\"hmac-sha1\"").signatureMethod == nil)
    }

    @Test(
        arguments: [
            ("", .otherScheme), ("Basic abc", .otherScheme), ("OAuth2 a=\"b\"", .otherScheme),
            ("Bearer wgk_", .otherScheme),
            ("OAuth", .expected("parameters behind `OAuth `", position: 5)),
            ("OAuth ", .expected("the name of a parameter", position: 6)),
            ("OAuth a", .expected("`=` right behind the name", position: 7)),
            ("OAuth a =\"b\"", .expected("`=` right behind the name", position: 7)),
            ("OAuth a=b", .expected("`\"` before the value", position: 8)),
            ("OAuth a= \"b\"", .expected("`\"` before the value", position: 8)),
            ("OAuth a=\"b", .expected("a percent-encoded character or `\"`", position: 10)),
            ("OAuth a=\"b+c\"", .expected("a percent-encoded character or `\"`", position: 10)),
            ("OAuth a=\"b/c\"", .expected("a percent-encoded character or `\"`", position: 10)),
            ("OAuth a=\"b c\"", .expected("a percent-encoded character or `\"`", position: 10)),
            ("OAuth a=\"é\"", .expected("a percent-encoded character or `\"`", position: 9)),
            ("OAuth a=\"b\";c=\"d\"", .expected("`,` or the end", position: 11)),
            ("OAuth a=\"b\" c=\"d\"", .expected("`,` or the end", position: 12)),
            ("OAuth a=\"b\",", .expected("the name of a parameter", position: 12)),
            ("OAuth a=\"b\",,c=\"d\"", .expected("the name of a parameter", position: 12)),
            ("OAuth ,a=\"b\"", .expected("the name of a parameter", position: 6)),
            ("OAuth =\"b\"", .expected("the name of a parameter", position: 6)),
            ("OAuth a=\"b\",\r\nc=\"d\"", .expected("the name of a parameter", position: 12)),
            ("OAuth a=\"%\"", .badEscape(position: 9)), ("OAuth a=\"b%4\"", .badEscape(position: 9)),
            ("OAuth a%zz=\"b\"", .badEscape(position: 6)),
            ("OAuth realm=\"x", .expected("`\"` behind the realm", position: 14)),
            ("OAuth realm=\"x\\", .expected("`\"` behind the realm", position: 15)),
            ("OAuth realm=\"x\ny\"", .expected("a printable character", position: 14)),
            ("OAuth oauth_nonce=\"a\",oauth_nonce=\"b\"", .repeated("oauth_nonce")),
            ("OAuth oauth_nonce=\"a\",oauth%5Fnonce=\"a\"", .repeated("oauth%5Fnonce")),
            ("OAuth realm=\"a\",realm=\"a\"", .repeated("realm")),
        ] as [(String, AuthorizationHeaderError)])
    func refuses(value: String, error: AuthorizationHeaderError) {
        #expect(throws: error) { try parse(value) }
        #expect(!error.explanation.isEmpty)
    }

    @Test func hasLimits() throws {
        let many = (1...AuthorizationHeader.maximumParameters).map { "p\($0)=\"\"" }.joined(separator: ",")
        #expect(try parse("OAuth \(many)").parameters.count == AuthorizationHeader.maximumParameters)
        #expect(throws: AuthorizationHeaderError.tooManyParameters(limit: 64)) { try parse("OAuth \(many),q=\"\"") }
        let long = String(repeating: "a", count: AuthorizationHeader.maximumByteCount)
        #expect(throws: AuthorizationHeaderError.tooLong(limit: 16384)) { try parse("OAuth a=\"\(long)\"") }
    }

    @Test func saysNothingOfAValue() {
        #expect {
            try parse("OAuth oauth_token=\"canary canary\"")
        } throws: { error in
            !"\(error)".contains("canary")
        }
    }
}
