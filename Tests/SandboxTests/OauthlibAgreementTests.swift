// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import StrictJSON
import TestSupport
import Testing

@testable import Sandbox

/// The signature check against headers made by oauthlib, an implementation that shares nothing with ours.
struct OauthlibAgreementTests {
    private struct Case {
        var method = "GET"
        var target: String
        var body: String?
        var contentType: String?
        var client = SignedClient.alice
    }

    private static let form = "application/x-www-form-urlencoded"

    private static let cases = [
        Case(target: "/oauth/user"),
        Case(target: "/api/v1/wego_home/building", client: .bob),
        Case(target: "/api/v1/x?a=1&a=0&a=&b=%20&c=+&d"),
        Case(target: "/api/v1/x?%C3%A9=%E2%82%AC&e%CC%81=%F0%9F%98%80"),
        Case(target: "/api/v1/x?q=%26%3D%25%2B&r=a%2Fb%3Fc"),
        Case(target: "/api/v1/caf%C3%A9/a%20b"),
        Case(method: "DELETE", target: "/api/v1/wego_home/meters/1"),
        Case(
            method: "PUT", target: "/api/v1/users/u/buildings/1?sqft=10&has_elevator=true",
            contentType: "application/json"),
        Case(method: "POST", target: "/api/v1/x", body: #"{"a": "b&c=d"}"#, contentType: "application/json"),
        Case(method: "POST", target: "/api/v1/x?a=2", body: "a=1&b=%20&c=+&%26=%3D", contentType: form),
        Case(method: "PATCH", target: "/api/v1/x", body: "z=1&a=", contentType: form),
    ]

    private func headers(_ cases: [Case], changing change: (inout [String: String]) -> Void = { _ in }) async throws
        -> [String]
    {
        let lines = cases.enumerated().map { index, item in
            var request = [
                "method": item.method, "url": "https://\(SignedClient.authority)\(item.target)",
                "consumer_key": item.client.consumerKey, "consumer_secret": item.client.consumerSecret,
                "token": item.client.token, "token_secret": item.client.tokenSecret,
                "timestamp": String(SignedClient.now), "nonce": "nonce\(index)",
            ]
            request["body"] = item.body
            request["content_type"] = item.contentType
            change(&request)
            return JSONOutput.object(request.map { ($0.key, .string($0.value)) }).text
        }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/sign.py")
            .path
        let result = try await ChildProcess.run(
            "/usr/bin/python3", [script], input: lines.joined(separator: "\n") + "\n")
        try #require(result.status == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init)
    }

    private func problem(_ item: Case, header: String) -> OAuthProblem? {
        var request = SandboxRequest(
            method: item.method, scheme: "https", authority: SignedClient.authority, target: item.target,
            authorization: [header], contentType: item.contentType, body: Array((item.body ?? "").utf8))
        request.contentType = item.contentType
        var provider = SignedClient.configuration().simulator().provider
        do throws(OAuthProblem) {
            _ = try provider.verify(request, now: SignedClient.now)
            return nil
        } catch {
            return error
        }
    }

    @Test func acceptsEveryHeaderOfOauthlib() async throws {
        let headers = try await headers(Self.cases)
        try #require(headers.count == Self.cases.count)
        for (item, header) in zip(Self.cases, headers) {
            #expect(problem(item, header: header) == nil, "\(item.method) \(item.target)")
        }
    }

    @Test func acceptsARealm() async throws {
        let headers = try await headers([Self.cases[0]]) { $0["realm"] = "Photos & more" }
        #expect(problem(Self.cases[0], header: headers[0]) == nil)
    }

    @Test func refusesEveryHeaderForAnotherRequest() async throws {
        let headers = try await headers(Self.cases)
        for (item, header) in zip(Self.cases, headers) {
            var other = item
            other.target += item.target.contains("?") ? "&extra" : "?extra"
            #expect(problem(other, header: header) == .signatureInvalid, "\(item.method) \(item.target)")
            other = item
            other.method = "OPTIONS"
            #expect(problem(other, header: header) == .signatureInvalid, "\(item.method) \(item.target)")
        }
    }

    @Test(arguments: [
        ("consumer_secret", "wrong", OAuthProblem.signatureInvalid), ("token_secret", "", .signatureInvalid),
        ("consumer_key", "wrong", .consumerKeyUnknown), ("token", "wrong", .tokenRejected),
        ("signature_method", "HMAC-SHA256", .signatureMethodRejected),
        ("url", "http://127.0.0.1:8443/oauth/user", .signatureInvalid),
        ("timestamp", "1699999699", .timestampRefused(acceptable: 1_699_999_700...1_700_000_300)),
    ])
    func refusesWhatOauthlibSignsWrongly(name: String, value: String, expected: OAuthProblem) async throws {
        let headers = try await headers([Self.cases[0]]) { $0[name] = value }
        #expect(problem(Self.cases[0], header: headers[0]) == expected)
    }
}
