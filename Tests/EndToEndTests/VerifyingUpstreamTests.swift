// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// The judge is judged first: requests signed by oauthlib's own client pass, and every small change to them does not.
struct VerifyingUpstreamTests {
    private let upstream: ChildProcess
    private let port: Int
    private let directory: TemporaryDirectory

    init() async throws {
        directory = try TemporaryDirectory("judge")
        let credentials = try directory.write(
            #"{"consumers": {"ck": "c&s"}, "tokens": {"tk": {"secret": "t/s", "consumer": "ck", "label": "alice"}}}"#,
            to: "credentials.json")
        upstream = try await ChildProcess(
            "/usr/bin/python3", [VerifyingUpstream.script, "--credentials", credentials])
        let line = try await upstream.output.firstLine()
        port = try JSONDecoder().decode([String: Int].self, from: Data(line.utf8))["port"] ?? 0
    }

    private func signed(_ target: String, secret: String = "t/s", extra: String = "") async throws -> String {
        let program = """
            from oauthlib.oauth1 import Client
            client = Client('ck', 'c&s', 'tk', '\(secret)'\(extra))
            print(client.sign('http://localhost:\(port)\(target)', 'GET')[1]['Authorization'])
            """
        let result = try await ChildProcess.run("/usr/bin/python3", ["-c", program])
        return result.output.trimmingCharacters(in: .newlines)
    }

    /// What the upstream says: "ok", or why not.
    private func verdict(_ target: String, method: String = "GET", _ headers: [String]) async throws -> String {
        let connection = try RawConnection.tcp(port: port)
        let lines = ["\(method) \(target) HTTP/1.1", "Host: localhost:\(port)"] + headers
        try await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
        let response = try await connection.response()
        if response.status == 200 { return try UpstreamRecord(response.body).verdict }
        return try JSONDecoder().decode([String: String].self, from: Data(response.body))["errors"] ?? ""
    }

    @Test(arguments: ["/api/v1/x", "/api/v1/x?b=2&a=1&a=&c", "/api/v1/x?q=caf%C3%A9%20%2B%26", "/oauth/user"])
    func acceptsWhatOauthlibSigned(target: String) async throws {
        let header = try await "Authorization: \(signed(target))"
        #expect(try await verdict(target, [header]) == "ok")
    }

    @Test func refusesAReplay() async throws {
        let header = try await "Authorization: \(signed("/api/v1/x"))"
        #expect(try await verdict("/api/v1/x", [header]) == "ok")
        #expect(try await verdict("/api/v1/x", [header]) == "oauth_nonce was used before")
    }

    @Test(arguments: ["/api/v1/y", "/api/v1/x?a=1", "/api/v1/%78"])
    func refusesAnotherTarget(target: String) async throws {
        let header = try await "Authorization: \(signed("/api/v1/x"))"
        #expect(try await verdict(target, [header]) == "oauth_signature does not match")
    }

    @Test func refusesAnotherMethodSecretOrTime() async throws {
        let header = try await "Authorization: \(signed("/api/v1/x"))"
        #expect(try await verdict("/api/v1/x", method: "PUT", [header]) == "oauth_signature does not match")
        let foreign = try await "Authorization: \(signed("/api/v1/x", secret: "other"))"
        #expect(try await verdict("/api/v1/x", [foreign]) == "oauth_signature does not match")
        let late = try await "Authorization: \(signed("/api/v1/x", extra: ", timestamp='1300000000'"))"
        #expect(try await verdict("/api/v1/x", [late]) == "oauth_timestamp is outside the window")
    }

    @Test func refusesCompanyOfTheSignature() async throws {
        let header = try await "Authorization: \(signed("/api/v1/x"))"
        #expect(try await verdict("/api/v1/x", []) == "0 Authorization headers")
        #expect(try await verdict("/api/v1/x", [header, header]) == "2 Authorization headers")
        #expect(try await verdict("/api/v1/x", [header, "Cookie: a=b"]) == "header cookie reached the upstream")
    }
}
