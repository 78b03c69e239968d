// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import TestSupport
import Testing

@testable import Sandbox

/// Faults on real connections.
@Suite(.timeLimit(.minutes(2)))
struct WireFaultTests {
    private static let body = #"{"id":"2","username":"alice"}"#

    /// What arrives over plain HTTP until the connection ends.
    private func received(under fault: String) async throws -> String {
        var text = ""
        try await RunningSandbox.with({ $0.tls = false }) { running in
            try await running.script(#"{"match": {"path_prefix": "/oauth/"}, "fault": \#(fault)}"#)
            let connection = try RawConnection.tcp(port: running.address.port)
            try await connection.send(running.bytes("GET", "/oauth/user", nonce: "1"))
            text = String(decoding: try await connection.bytesUntilClose(), as: UTF8.self)
        }
        return text
    }

    @Test(arguments: ["after-read", "before-head"])
    func someCutsLeaveNothing(cut: String) async throws {
        #expect(try await received(under: #"{"cut": "\#(cut)"}"#) == "")
    }

    @Test func headsAreCutInTheMiddle() async throws {
        let text = try await received(under: #"{"cut": "mid-head"}"#)
        #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(!text.contains("\r\n\r\n"))
    }

    @Test func bodiesAreCutInTheMiddle() async throws {
        let text = try await received(under: #"{"cut": "mid-body"}"#)
        #expect(text.contains("\r\nContent-Length: \(Self.body.utf8.count)\r\n"))
        #expect(text.hasSuffix("\r\n\r\n" + Self.body.prefix(Self.body.utf8.count / 2)))
        #expect(!text.lowercased().contains("x-sandbox"))
    }

    /// Curl's codes: 52 nothing came, 56 the connection broke, 18 the body is short. Half a header section is a
    /// whole answer to some versions of curl.
    @Test(arguments: [
        ("after-read", [52, 56]), ("before-head", [52, 56]), ("mid-head", [0, 56, 8, 1]), ("mid-body", [18, 56]),
    ])
    func cutsWorkThroughTLS(cut: String, codes: [Int32]) async throws {
        try await RunningSandbox.with { running in
            try await running.script(#"{"match": {"path_prefix": "/oauth/"}, "fault": {"cut": "\#(cut)"}}"#)
            let answer = try await running.curl("GET", "/oauth/user")
            #expect(codes.contains(answer.status), "\(answer.status) \(answer.output) \(answer.errors)")
            let sound = try await running.curl("GET", "/oauth/user", nonce: "n2")
            #expect(sound.output.hasSuffix(Self.body))
        }
    }

    @Test func strayBytesArriveOnTheIdleConnection() async throws {
        try await RunningSandbox.with({ $0.tls = false }) { running in
            let stray = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"
            try await running.script(
                #"{"fault": {"stray": \#(JSONOutput.string(stray).text)}, "match": {"path_prefix": "/oauth/"}}"#)
            let connection = try RawConnection.tcp(port: running.address.port)
            try await connection.send(running.bytes("GET", "/oauth/user", nonce: "1"))
            #expect(try await connection.response().bodyText == Self.body)
            #expect(try await connection.response().status == 408, "nobody asked for this one")
            try await connection.send(running.bytes("GET", "/oauth/user", nonce: "2"))
            #expect(try await connection.response().bodyText == Self.body)
            let list = try await running.plainCurl([running.address.url + "/_sandbox/faults"])
            #expect(list.output.hasPrefix(#"{"stray_writes":1,"#))
        }
    }

    @Test func skewedClocksShowInTheDate() async throws {
        try await RunningSandbox.with({ $0.tls = false }) { running in
            try await running.script(#"{"fault": {"skew": "-600s"}}"#)
            let answer = try await running.curl("GET", "/oauth/user", timestamp: SignedClient.now - 600)
            #expect(answer.output.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.output.contains("Date: \(HTTPDate.text(SignedClient.now - 600))\r\n"))
            #expect(answer.output.ranges(of: "Date:").count == 1)
        }
    }

    @Test func scriptedAnswersAndDelaysReachTheClient() async throws {
        try await RunningSandbox.with({ $0.tls = false }) { running in
            try await running.script(#"{"fault": {"retry_after": 3, "delay": "1ms", "body": {"errors": "slow down"}}}"#)
            let answer = try await running.curl("GET", "/oauth/user")
            #expect(answer.output.hasPrefix("HTTP/1.1 429 Too Many Requests\r\n"))
            #expect(answer.output.contains("Retry-After: 3\r\n"))
            #expect(answer.output.hasSuffix(#"{"errors": "slow down"}"#))
            #expect(
                running.verdicts.current.map(\.description) == [
                    "GET /oauth/user -> signature valid (alice), 429, fault 1"
                ])
        }
    }

    @Test func theConsentPageIsServed() async throws {
        try await RunningSandbox.with { running in
            let page = try await running.plainCurl(["-i", running.address.url + "/oauth/authorize?oauth_token=x"])
            #expect(page.output.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
            #expect(page.output.contains("Content-Type: text/html; charset=utf-8\r\n"))
            #expect(page.output.contains("Content-Security-Policy: default-src 'none';"))
        }
    }
}
