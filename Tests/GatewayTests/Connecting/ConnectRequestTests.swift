// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import OAuth1
import Testing

@testable import Gateway

struct ConnectRequestTests {
    @Test func readsAllMembers() throws {
        #expect(try ConnectRequest([]).mode == .browser)
        #expect(try ConnectRequest(Array("{}".utf8)).returnTo == nil)
        let body = #"{"consumer":"main","return_to":"https://a.example/x?y=1","mode":"browser"}"#
        let request = try ConnectRequest(Array(body.utf8))
        #expect(request.consumer == ConsumerName("main"))
        #expect(request.returnTo == "https://a.example/x?y=1")
        #expect(try ConnectRequest(Array(#"{"mode":"oob"}"#.utf8)).mode == .oob)
    }

    static let refused: [(String, String, String?)] = [
        ("[]", "bad-connect-request", ""), (#"{"user":"x"}"#, "bad-connect-request", "/user"),
        (#"{"a/b~c":1}"#, "bad-connect-request", "/a~1b~0c"), (#"{"mode":"popup"}"#, "bad-connect-request", "/mode"),
        (#"{"mode":null}"#, "bad-connect-request", "/mode"), (#"{"return_to":7}"#, "bad-connect-request", "/return_to"),
        (#"{"return_to":""}"#, "bad-connect-request", "/return_to"),
        (#"{"mode":"oob","return_to":"https://a.example"}"#, "bad-connect-request", "/return_to"),
        (#"{"consumer":"no good"}"#, "consumer-not-found", "/consumer"), ("{", "malformed-json", ""),
        (#"{"mode":"oob","mode":"oob"}"#, "malformed-json", "/mode"),
    ]

    @Test(arguments: refused)
    func namesWhatIsWrong(_ body: String, _ slug: String, _ pointer: String?) throws {
        let error = try #require(throws: GatewayError.self) { try ConnectRequest(Array(body.utf8)) }
        #expect(Problem(error).slug == slug)
        #expect(Problem(error).pointer == pointer)
    }

    static let badFinishes: [(String, String)] = [
        ("{}", "/oauth_token"), (#"{"oauth_token":"t"}"#, "/oauth_verifier"),
        (#"{"oauth_token":"t","oauth_verifier":""}"#, "/oauth_verifier"),
        (#"{"oauth_token":"t","oauth_verifier":"a b"}"#, "/oauth_verifier"),
        (#"{"oauth_token":"t","oauth_verifier":"v","x":1}"#, "/x"),
        (#"{"oauth_token":1,"oauth_verifier":"v"}"#, "/oauth_token"),
    ]

    @Test(arguments: badFinishes)
    func wantsBothToFinish(_ body: String, _ pointer: String) throws {
        let error = try #require(throws: GatewayError.self) { try ConnectFinish(Array(body.utf8)) }
        #expect(Problem(error).slug == "bad-connect-request" && Problem(error).pointer == pointer)
    }
}

struct ReturnAddressTests {
    private static let origins = ["https://app.example", "http://localhost:3000"]

    static let good: [(String, String)] = [
        ("https://app.example", "https://app.example?wego_user=a%40b&wego_result=connected"),
        ("https://app.example/", "https://app.example/?wego_user=a%40b&wego_result=connected"),
        ("https://APP.example:443/x", "https://APP.example:443/x?wego_user=a%40b&wego_result=connected"),
        ("http://localhost:3000/d?", "http://localhost:3000/d?wego_user=a%40b&wego_result=connected"),
        ("https://app.example/d?x=1", "https://app.example/d?x=1&wego_user=a%40b&wego_result=connected"),
        ("https://app.example?x&", "https://app.example?x&wego_user=a%40b&wego_result=connected"),
    ]

    @Test(arguments: good)
    func addsTheResult(_ text: String, _ location: String) throws {
        let address = try #require(ReturnAddress(text, allowed: Self.origins))
        #expect(address.location(user: "a@b", .connected) == location)
    }

    @Test(arguments: [
        "", "https://", "/done", "//app.example/", "javascript:alert(1)", "https://app.example.evil.example/",
        "https://app.example@evil.example/", "https://evil.example/https://app.example", "https://app.example:444/",
        "http://app.example/", "https://app.example\\@evil.example/", "https://evil.example\\.app.example/",
        "https://app.example/#x", "https://app.example/ x", "https://app.example/\r\nX: y", "https://user@app.example/",
        "http://localhost/", "https:app.example/", "https://app.example./",
    ])
    func staysOnTheList(_ text: String) {
        #expect(ReturnAddress(text, allowed: Self.origins) == nil)
    }
}

struct CallbackQueryTests {
    @Test func readsConsentAndRefusal() throws {
        let allowed = try CallbackQuery([
            Parameter("oauth_token", "t"), Parameter("oauth_verifier", "v"), Parameter("x", ""),
        ])
        #expect(allowed.verifier != nil)
        for refusal in [Parameter("oauth_problem", "permission_denied"), Parameter("denied", "t")] {
            #expect(try CallbackQuery([Parameter("oauth_token", "t"), refusal]).verifier == nil)
        }
        #expect(try CallbackQuery([Parameter("denied", "t")]).verifier == nil)
    }

    static let bad: [[Parameter]] = [
        [], [Parameter("oauth_token", "t")], [Parameter("oauth_token", "t"), Parameter("oauth_verifier", "")],
        [Parameter("oauth_problem", "permission_denied")], [Parameter("oauth_verifier", "v")],
        [Parameter("oauth_token", "")],
        [Parameter("oauth_token", "t"), Parameter("oauth_token", "t")],
        [Parameter("oauth_token", "t"), Parameter("oauth_verifier", "v"), Parameter("oauth_verifier", "w")],
        [Parameter("oauth_token", "a b")], [Parameter("oauth_token", String(repeating: "a", count: 1_025))],
        [Parameter(name: Array("oauth_token".utf8), value: nil)],
    ]

    @Test(arguments: bad.indices)
    func refusesTheRest(_ index: Int) {
        #expect(throws: GatewayError.connect(.badCallback)) { try CallbackQuery(Self.bad[index]) }
    }

    @Test(
        arguments: [
            (nil, []), ("https://gw.example/oauth/callback", ["gw.example"]),
            ("https://GW.example:443/cb?x", ["gw.example:443", "gw.example"]),
            ("http://localhost:8080?x", ["localhost:8080"]),
        ] as [(String?, [String])])
    func knowsTheHostsOfTheCallback(_ url: String?, _ hosts: [String]) {
        var settings = ConnectSettings()
        settings.callbackURL = url
        #expect(settings.callbackHosts == hosts)
    }
}
