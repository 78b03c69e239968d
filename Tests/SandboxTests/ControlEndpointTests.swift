// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Sandbox

struct ControlEndpointTests {
    private let session = Session()

    @Test func faultsAreListedAndRemoved() {
        let script = #"{"match": {"user": "alice"}, "fault": {"retry_after": 3}, "times": 2}"#
        #expect(session.control("POST", "faults", script) == (200, #"{"id":1}"#))
        _ = session.call("GET", "/oauth/user")
        #expect(
            session.control("GET", "faults")
                == (
                    200,
                    #"{"stray_writes":0,"faults":[{"id":1,"match":{"method":null,"path_prefix":null,"user":"alice"},"#
                        + #""fault":{"retry_after": 3},"remaining":1,"struck":1}]}"#
                ))
        #expect(session.control("DELETE", "faults") == (204, ""))
        #expect(session.control("GET", "faults").body == #"{"stray_writes":0,"faults":[]}"#)
    }

    @Test func requestsAreListedWithoutSecrets() {
        _ = session.call("GET", "/oauth/user?oauth_token=visible")
        _ = session.call("GET", "/oauth/user")
        let list = session.control("GET", "requests").body
        #expect(
            list.hasSuffix(
                #"{"method":"GET","target":"/oauth/user","user":"alice","verdict":"valid","status":200,"#
                    + #""nonce":"nonce 2","timestamp":"1700000000","fault":null}]}"#))
        #expect(
            list.contains(#""target":"/oauth/user?oauth_token=<redacted>","user":null,"verdict":"parameter_rejected""#))
        for secret in ["visible", SignedClient.alice.token, "oauth_signature"] { #expect(!list.contains(secret)) }
        #expect(session.control("DELETE", "requests").status == 204)
        #expect(session.control("GET", "requests").body == #"{"total":0,"requests":[]}"#)
    }

    @Test func theLogForgetsTheOldest() {
        for number in 1...7 { _ = session.call("GET", "/api/v1/\(number)") }
        #expect(session.state.log.total == 7)
        #expect(session.state.log.records.map(\.target) == (3...7).map { "/api/v1/\($0)" })
    }

    @Test func revokedTokensAreToldFromUnknownOnes() {
        #expect(session.control("POST", "revoke", #"{"user": "alice"}"#) == (200, #"{"revoked":1}"#))
        let answer = session.send(SignedClient.alice.request("GET", "/oauth/user"))
        #expect(answer.status == 401)
        #expect(answer.challenge?.hasSuffix("oauth_problem=token_revoked") == true)
        #expect(session.call("GET", "/oauth/user", as: .bob).status == 200)
        #expect(
            session.control("GET", "users").body
                == #"[{"id":1,"username":"developer","kind":"developer","tokens":1},"#
                + #"{"id":2,"username":"alice","kind":"home","tokens":0},{"id":3,"username":"bob","kind":"home","tokens":1}]"#
        )
        #expect(session.control("POST", "revoke", #"{"user": "nobody"}"#).status == 404)
        #expect(session.control("POST", "revoke", "{}") == (400, #"{"errors":"User can't be blank"}"#))
    }

    @Test func destroyingAUserRevokesToo() {
        #expect(session.call("DELETE", "/api/v1/wego_home/user", as: .bob).status == 204)
        let answer = session.send(SignedClient.bob.request("GET", "/oauth/user"))
        #expect(answer.verdict == .refused(.tokenRevoked))
    }

    @Test func resettingGoesBackToTheStart() {
        _ = session.call("POST", "/api/v1/wego_home/meters", #"{"account_number": "A"}"#)
        _ = session.control("POST", "faults", #"{"fault": {"status": 503}, "times": 9}"#)
        _ = session.control("POST", "revoke", #"{"user": "alice"}"#)
        #expect(session.control("POST", "reset") == (204, ""))
        #expect(session.call("GET", "/api/v1/wego_home/meters") == (200, "[]"))
        #expect(session.state.log.total == 1)
    }

    @Test(arguments: [
        ("GET", "nothing"), ("PUT", "faults"), ("POST", "requests"), ("GET", ""), ("GET", "faults/1"),
    ])
    func otherControlsAreNamed(method: String, name: String) {
        let answer = session.control(method, name)
        #expect(answer.status == 404)
        #expect(answer.body.contains("/_sandbox/faults"))
    }

    @Test(
        arguments: [
            { $0.authority = "sandbox.example" }, { $0.origin = "https://elsewhere.example" }, { $0.authority = "" },
            { $0.authority = "127.elsewhere.example" }, { $0.authority = "127.0.0.1.elsewhere.example:8443" },
            { $0.authority = "127.0.1" }, { $0.authority = "127.0.0.999" }, { $0.authority = "127.0.0.+1" },
        ] as [@Sendable (inout SandboxRequest) -> Void])
    func pagesFromElsewhereHaveNoControls(change: @Sendable (inout SandboxRequest) -> Void) {
        var request = SandboxRequest(
            method: "POST", scheme: "http", authority: "localhost:8443", target: "/_sandbox/reset")
        change(&request)
        #expect(ControlEndpoint.answer(to: request, state: &session.state).status == 403)
    }

    @Test(arguments: ["localhost:8443", "127.0.0.1:8443", "127.8.9.10", "[::1]:8443"])
    func programsOnThisMachineHaveThem(authority: String) {
        let request = SandboxRequest(method: "POST", scheme: "http", authority: authority, target: "/_sandbox/reset")
        #expect(ControlEndpoint.answer(to: request, state: &session.state).status == 204)
    }

    @Test func bodiesMustBeMarkedAsJSON() {
        var request = SandboxRequest(
            method: "POST", scheme: "http", authority: "localhost:8443", target: "/_sandbox/faults")
        request.body = Array(#"{"fault": {"status": 503}}"#.utf8)
        request.contentType = "text/plain"
        #expect(ControlEndpoint.answer(to: request, state: &session.state).status == 415)
    }
}
