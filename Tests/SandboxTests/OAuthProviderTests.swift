// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets
import Testing

@testable import Sandbox

struct OAuthProviderTests {
    private static let target = "/api/v1/wego_home/meters/7/raw_data?b=2&a=1&a=%20&empty="

    private func problem(
        _ request: SandboxRequest, now: Int64 = SignedClient.now, methods: Set<SignatureMethod> = [.hmacSHA1]
    ) -> OAuthProblem? {
        var configuration = SignedClient.configuration()
        configuration.signatureMethods = methods
        var provider = configuration.simulator().provider
        do throws(OAuthProblem) {
            _ = try provider.verify(request, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: ["GET", "POST", "PUT", "DELETE", "PATCH"])
    func acceptsWhatWasSigned(method: String) {
        #expect(problem(SignedClient.alice.request(method, Self.target)) == nil)
        #expect(problem(SignedClient.alice.request(method, Self.target, form: "x=1&x=%2B+y&z")) == nil)
        #expect(problem(SignedClient.alice.request(method, Self.target, json: #"{"a": 1}"#)) == nil)
    }

    @Test(arguments: [
        "127.0.0.1:8443", "[::1]:8443", "[::1]", "www.wegowise.com", "WWW.WegoWise.com:443", "localhost:1",
    ])
    func signsForTheHostThatWasAsked(authority: String) {
        #expect(problem(SignedClient.alice.request("GET", Self.target, authority: authority)) == nil)
        var moved = SignedClient.alice.request("GET", Self.target, authority: authority)
        moved.authority = "example.org"
        #expect(problem(moved) == .signatureInvalid)
    }

    @Test func namesTheOwnerOfTheToken() throws {
        var provider = SignedClient.configuration().simulator().provider
        let request = SignedClient.bob.request("GET", "/oauth/user")
        #expect(try provider.verify(request, now: SignedClient.now).username == "bob")
    }

    /// One change each, behind the signer's back.
    @Test(
        arguments: [
            { $0.method = "POST" }, { $0.scheme = "http" }, { $0.authority = "127.0.0.1:8444" },
            { $0.target += "&more=1" }, { $0.target = String($0.target.replacing("a=1&", with: "")) },
            { $0.target = String($0.target.replacing("meters/7", with: "meters/8")) },
            { $0.target = String($0.target.replacing("meters/7", with: "meters/%37")) },
            {
                $0.contentType = "application/x-www-form-urlencoded"; $0.body = Array("x=1".utf8)
            },
            {
                $0.authorization = [
                    $0.authorization[0].replacing(#"oauth_nonce="nonce""#, with: #"oauth_nonce="other""#)
                ]
            },
        ] as [@Sendable (inout SandboxRequest) -> Void])
    func refusesWhatWasNotSigned(change: @Sendable (inout SandboxRequest) -> Void) {
        var request = SignedClient.alice.request("GET", Self.target)
        change(&request)
        #expect(problem(request) == .signatureInvalid)
    }

    @Test func readsTheTargetAsReceived() {
        let lower = SignedClient.alice.request("GET", "/api/v1/a%2fb%c3%a9?q=%c3%a9")
        #expect(problem(lower) == nil)
        var upper = lower
        upper.target = "/api/v1/a%2Fb%C3%A9?q=%c3%a9"
        #expect(problem(upper) == .signatureInvalid)
        var query = lower
        query.target = "/api/v1/a%2fb%c3%a9?q=%C3%A9"
        #expect(problem(query) == nil, "query parameters are decoded before they are signed")
    }

    @Test func refusesWrongSecrets() {
        var client = SignedClient.alice
        client.tokenSecret = "another"
        #expect(problem(client.request("GET", Self.target)) == .signatureInvalid)
        client = .alice
        client.consumerSecret = "another"
        #expect(problem(client.request("GET", Self.target)) == .signatureInvalid)
    }

    @Test func refusesUnknownParties() {
        var client = SignedClient.alice
        client.consumerKey = "nobody"
        #expect(problem(client.request("GET", Self.target)) == .consumerKeyUnknown)
        client = .alice
        client.token = "nothing"
        #expect(problem(client.request("GET", Self.target)) == .tokenRejected)
    }

    @Test func refusesTheTokenOfAnotherConsumer() {
        var provider = SignedClient.configuration().simulator().provider
        provider.addConsumer(key: Array("other".utf8), secret: Secret(utf8: "other secret"))
        var client = SignedClient.alice
        (client.consumerKey, client.consumerSecret) = ("other", "other secret")
        #expect(throws: OAuthProblem.tokenRejected) {
            try provider.verify(client.request("GET", Self.target), now: SignedClient.now)
        }
    }

    @Test func revokedTokensAreKnownAsSuch() {
        var provider = SignedClient.configuration().simulator().provider
        #expect(provider.revokeGrants(of: "alice") == 1)
        #expect(throws: OAuthProblem.tokenRevoked) {
            try provider.verify(SignedClient.alice.request("GET", Self.target), now: SignedClient.now)
        }
        #expect(throws: Never.self) {
            try provider.verify(SignedClient.bob.request("GET", Self.target), now: SignedClient.now)
        }
    }

    @Test(arguments: [
        (-300, true), (300, true), (0, true), (-301, false), (301, false), (-1_700_000_000 + 1, false),
    ])
    func timestampsMustBeNear(offset: Int64, isAccepted: Bool) {
        let now = SignedClient.now
        let request = SignedClient.alice.request("GET", Self.target, timestamp: now + offset)
        #expect(problem(request) == (isAccepted ? nil : .timestampRefused(acceptable: (now - 300)...(now + 300))))
        #expect(problem(request, now: now + offset) == nil, "the clock is an argument")
    }

    @Test func otherMethodsMustBeAllowed() {
        for method in [SignatureMethod.hmacSHA256, .plaintext] {
            let request = SignedClient.alice.request("GET", Self.target, signer: Signer(method: method))
            #expect(problem(request) == .signatureMethodRejected)
            #expect(problem(request, methods: [method]) == nil)
        }
    }

    @Test func bodyHashesAreChecked() {
        var request = SignedClient.alice.request(
            "POST", Self.target, json: "{}", signer: Signer(includesBodyHash: true))
        #expect(problem(request) == nil)
        request.body = Array("{} ".utf8)
        #expect(problem(request) == .bodyHashInvalid)
    }
}
