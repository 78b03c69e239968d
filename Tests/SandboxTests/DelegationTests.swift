// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets
import Testing

@testable import Sandbox

/// request_token, consent and access_token, as a client and a person go through them.
struct DelegationTests {
    private let session = Session()
    private static let callback = "https://gateway.example:8443/connect/callback?state=a%20b"

    private func begin(_ callback: String = Self.callback) throws -> (value: String, secret: String) {
        let answer = session.tokenRequest("/oauth/request_token", [("oauth_callback", callback)])
        try #require(answer.status == 200, "\(answer.text)")
        #expect(answer.contentType == .form)
        #expect(answer.verdict == .validConsumer)
        #expect(answer["oauth_callback_confirmed"] == "true")
        return (answer["oauth_token"], answer["oauth_token_secret"])
    }

    private func page(_ token: String) -> SandboxAnswer {
        let query = String(decoding: FormEncoding.write([Parameter("oauth_token", token)]), as: UTF8.self)
        return session.send(
            SandboxRequest(method: "GET", scheme: "https", authority: "a", target: "/oauth/authorize?" + query))
    }

    private func press(
        _ decision: String, _ token: String, user: String = "bob", formValue: String? = nil
    ) throws -> SandboxAnswer {
        var value = formValue ?? ""
        if formValue == nil, let match = page(token).text.firstMatch(of: /name="form_value" value="([^"]*)"/) {
            value = String(match.1)
        }
        var request = SandboxRequest(method: "POST", scheme: "https", authority: "a", target: "/oauth/authorize")
        request.contentType = "application/x-www-form-urlencoded"
        request.body = FormEncoding.write([
            Parameter("oauth_token", token), Parameter("form_value", value), Parameter("username", user),
            Parameter("decision", decision),
        ])
        return session.send(request)
    }

    /// The query that the callback adds.
    private func returned(_ answer: SandboxAnswer) throws -> [Parameter] {
        #expect(answer.status == 302)
        let location = try #require(answer.field("Location"))
        #expect(location.hasPrefix(Self.callback + "&"))
        return try #require(FormEncoding.parse(location.dropFirst(Self.callback.count + 1).utf8))
    }

    private func verifier(_ token: String) throws -> String {
        let parameters = try returned(press("allow", token))
        #expect(parameters.map { String(decoding: $0.name, as: UTF8.self) } == ["oauth_token", "oauth_verifier"])
        #expect(parameters[0].value == Array(token.utf8))
        return String(decoding: try #require(parameters[1].value), as: UTF8.self)
    }

    private func exchange(_ token: (value: String, secret: String), _ verifier: String) -> SandboxAnswer {
        session.tokenRequest("/oauth/access_token", token: token, [("oauth_verifier", verifier)])
    }

    @Test func aPersonLetsAnApplicationIn() throws {
        let token = try begin()
        let answer = exchange(token, try verifier(token.value))
        #expect(answer.status == 200)
        #expect(answer.verdict == .valid(username: "bob"))
        let client = SignedClient(token: answer["oauth_token"], tokenSecret: answer["oauth_token_secret"])
        #expect(session.call("GET", "/oauth/user", as: client) == (200, #"{"id":"3","username":"bob"}"#))
        #expect(session.call("GET", "/oauth/user", as: .bob).status == 200, "the older token stays")
    }

    @Test func verifiersWorkOnce() throws {
        let token = try begin()
        let verifier = try verifier(token.value)
        #expect(exchange(token, verifier + "x").text == "Invalid OAuth request: verifier_invalid\n")
        #expect(exchange(token, verifier).status == 200)
        let again = exchange(token, verifier)
        #expect(again.status == 401)
        #expect(again.contentType == .text)
        #expect(again.text == "Invalid OAuth request: token_used\n")
        #expect(page(token.value).status == 410)
    }

    @Test func denyingSendsNoVerifier() throws {
        let token = try begin()
        let parameters = try returned(press("deny", token.value))
        #expect(
            parameters == [Parameter("oauth_token", token.value), Parameter("oauth_problem", "permission_denied")])
        #expect(exchange(token, "guess").verdict == .refused(.permissionDenied))
        #expect(try press("allow", token.value).status == 410, "a decision is final")
    }

    @Test func withoutACallbackThePageShowsTheVerifier() throws {
        let token = try begin("oob")
        let shown = try press("allow", token.value)
        #expect(shown.status == 200)
        let verifier = try #require(shown.text.firstMatch(of: /<output id="verifier">([^<]+)</)).1
        #expect(exchange(token, String(verifier)).status == 200)
        let other = try begin("oob")
        #expect(try press("deny", other.value).text.contains("<h1>Access denied</h1>"))
    }

    @Test func nothingIsExchangedBeforeConsent() throws {
        let token = try begin()
        #expect(exchange(token, "guess").verdict == .refused(.permissionUnknown))
        #expect(exchange(("unknown", "secret"), "guess").verdict == .refused(.tokenRejected))
        #expect(exchange((token.value, "wrong"), "guess").verdict == .refused(.signatureInvalid))
        let absent = session.tokenRequest("/oauth/access_token", token: token, [])
        #expect(absent.verdict == .refused(.parameterAbsent(["oauth_verifier"])))
        #expect(
            session.call("GET", "/oauth/user", as: SignedClient(token: token.value, tokenSecret: token.secret)).status
                == 401)
    }

    @Test func temporaryCredentialsEnd() throws {
        let (waiting, allowed) = (try begin(), try begin())
        let verifier = try verifier(allowed.value)
        session.now += 600
        let page = page(waiting.value)
        #expect(page.status == 410)
        #expect(page.text.contains("waited too long"))
        #expect(exchange(allowed, verifier).verdict == .refused(.tokenExpired))
    }

    @Test func onlyTheOwnFormDecides() throws {
        let (token, other) = (try begin(), try begin())
        for stolen in ["", "guess", other.value] {
            #expect(try press("allow", token.value, formValue: stolen).status == 403)
        }
        #expect(try press("perhaps", token.value).status == 400)
        #expect(try press("allow", token.value, user: "nobody").status == 400)
        #expect(try press("allow", "unknown", formValue: "x").status == 404)
        #expect(exchange(token, "guess").verdict == .refused(.permissionUnknown), "nothing of this was a decision")
    }

    @Test(arguments: [
        ("", "parameter_absent"), ("ftp://a/b", "parameter_rejected"), ("/relative", "parameter_rejected"),
        ("http://", "parameter_rejected"), ("http://user@a/", "parameter_rejected"),
        ("http://a/#part", "parameter_rejected"), ("http://a/\"><script>", "parameter_rejected"),
        ("http://a/\r\nX: y", "parameter_rejected"), ("http://a;script-src *", "parameter_rejected"),
    ])
    func callbacksMustBeURLs(callback: String, problem: String) {
        let answer = session.tokenRequest("/oauth/request_token", [("oauth_callback", callback)])
        #expect(answer.status == 401)
        #expect(answer.text == "Invalid OAuth request: \(problem)\n")
        #expect(answer.challenge?.contains("oauth_problem=\(problem)") == true)
    }

    @Test func requestsForTokensAreSignedOnceAndByAConsumer() throws {
        var stranger = SignedClient.alice
        stranger.consumerSecret = "guess"
        let callback = [("oauth_callback", "oob")]
        let path = "/oauth/request_token"
        #expect(
            session.tokenRequest(path, callback, consumer: stranger).verdict == .refused(.signatureInvalid))
        stranger.consumerKey = "nobody"
        #expect(
            session.tokenRequest(path, callback, consumer: stranger).verdict == .refused(.consumerKeyUnknown))
        #expect(session.tokenRequest(path, callback, nonce: "same").status == 200)
        #expect(session.tokenRequest(path, callback, nonce: "same").verdict == .refused(.nonceUsed))
        #expect(
            session.tokenRequest(path, token: ("t", "s"), callback).text
                == "Invalid OAuth request: parameter_rejected\n")
    }

    @Test func anotherConsumerCannotFinish() throws {
        session.state.simulator.provider.addConsumer(key: Array("other".utf8), secret: Secret(utf8: "other secret"))
        let token = try begin()
        let verifier = try verifier(token.value)
        var other = SignedClient.alice
        (other.consumerKey, other.consumerSecret) = ("other", "other secret")
        let answer = session.tokenRequest(
            "/oauth/access_token", token: token, [("oauth_verifier", verifier)], consumer: other)
        #expect(answer.verdict == .refused(.tokenRejected))
    }

    @Test func waitingCredentialsAreBounded() {
        var waiting = TemporaryCredentials(capacity: 2, lifetime: 10)
        for (token, time) in [("a", 1), ("b", 2), ("c", 3)] {
            let credential = TemporaryCredential(
                consumerKey: [], secret: Secret(utf8: "s"), callback: .outOfBand, formValue: Secret(utf8: "f"),
                expiry: Int64(time) + 10)
            waiting.insert(credential, token: Array(token.utf8), now: Int64(time))
        }
        #expect(waiting.count == 2)
        #expect(waiting[Array("a".utf8)] == nil)
        #expect(waiting[Array("c".utf8)] != nil)
    }
}
