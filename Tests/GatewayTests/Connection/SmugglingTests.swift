// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import TestSupport
import Testing

@testable import Gateway

/// Requests that two servers might read differently. None may become more than one request upstream, and after a
/// doubtful one the connection ends.
struct SmugglingTests {
    /// Written with `\n` for line ends; `HOST` and `KEY` are filled in. `upstream` is how many requests may be sent.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let request: String
        var upstream = 0

        init(_ name: String, upstream: Int = 0, _ request: String) {
            self.name = name
            self.request = request
            self.upstream = upstream
        }

        var testDescription: String { name }
    }

    private static let start = "POST /users/alice/api/v1/x HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer KEY\r\n"
    private static let json = "Content-Type: application/json\r\n"
    private static let get = "GET /users/alice/api/v1/inner HTTP/1.1\r\nHost: HOST\r\nAuthorization: Bearer KEY\r\n\r\n"

    static let cases: [Case] = [
        Case(
            "length and chunked",
            "\(start)\(json)Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(get)"),
        Case(
            "chunked and length",
            "\(start)\(json)Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n\(get)"),
        Case("two lengths", "\(start)\(json)Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}\(get)"),
        Case("the same length twice", "\(start)\(json)Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}\(get)"),
        Case("list of lengths", "\(start)\(json)Content-Length: 2, 2\r\n\r\n{}\(get)"),
        Case("length with a sign", "\(start)\(json)Content-Length: +2\r\n\r\n{}\(get)"),
        Case("negative length", "\(start)\(json)Content-Length: -2\r\n\r\n{}\(get)"),
        Case("length in hexadecimal", "\(start)\(json)Content-Length: 0x2\r\n\r\n{}\(get)"),
        Case("length beyond 64 bits", "\(start)\(json)Content-Length: 18446744073709551618\r\n\r\n{}\(get)"),
        Case("empty length", "\(start)\(json)Content-Length:\r\n\r\n{}\(get)"),
        Case("coding before chunked", "\(start)\(json)Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n\(get)"),
        Case("coding behind chunked", "\(start)\(json)Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n\(get)"),
        Case("unknown coding", "\(start)\(json)Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n\(get)"),
        Case("identity", "\(start)\(json)Transfer-Encoding: identity\r\n\r\n{}\(get)"),
        Case("two codings", "\(start)\(json)Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n\(get)"),
        Case("vertical tab in the coding", "\(start)\(json)Transfer-Encoding: \u{0B}chunked\r\n\r\n0\r\n\r\n\(get)"),
        Case("chunk size that is none", "\(start)\(json)Transfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n\(get)"),
        Case(
            "chunk size with a prefix", "\(start)\(json)Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n\(get)"),
        Case("negative chunk size", "\(start)\(json)Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n\(get)"),
        Case(
            "chunk size beyond 64 bits",
            "\(start)\(json)Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n\(get)"),
        Case(
            "chunk longer than its size", "\(start)\(json)Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n\(get)"),
        Case("chunk ended by a bare line feed", "\(start)\(json)Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n\(get)"),
        Case("bare line feeds", start.replacing("\r\n", with: "\n") + "\n"),
        Case("bare carriage return", "\(start)X: a\rY: b\r\n\r\n\(get)"),
        Case("head ended in a half way", "\(start)X: a\r\n\rX\(get)"),
        Case("folded line", "\(start)X: a\r\n b\r\n\r\n\(get)"),
        Case("NUL in a value", "\(start)X: a\u{0}b\r\n\r\n\(get)"),
        Case("space before a colon", "\(start)\(json)Content-Length : 2\r\n\r\n{}\(get)"),
        Case("space in a name", "\(start)X Y: 1\r\n\r\n\(get)"),
        Case("no name", "\(start): 1\r\n\r\n\(get)"),
        Case("two spaces in the request line", get.replacing(" HTTP/1.1", with: " x HTTP/1.1")),
        Case("HTTP/2.0", get.replacing("HTTP/1.1", with: "HTTP/2.0")),
        Case("HTTP/0.9", "GET /users/alice/api/v1/x\r\n\(get)"),
        Case("a preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\(get)"),
        Case("TLS", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}"),
    ]

    @Test(arguments: cases)
    func endsTheConnection(_ item: Case) async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            let request = item.request.replacing("HOST", with: "127.0.0.1:\(gateway.port)").replacing(
                "KEY", with: gateway.key)
            try await connection.send(request)
            let response = try await connection.response()
            #expect((400...499).contains(response.status))
            #expect(response.header("connection") == "close")
            #expect(try await connection.bytesUntilClose().isEmpty)
            #expect(gateway.upstream.requests.current.count <= item.upstream)
        }
    }

    /// Refused, but where the next request begins is not in doubt.
    static let understood: [Case] = [
        Case(
            "two hosts",
            "GET /users/alice/api/v1/x HTTP/1.1\r\nHost: HOST\r\nHost: HOST\r\nAuthorization: Bearer KEY\r\n\r\n"),
        Case("no host", "GET /users/alice/api/v1/x HTTP/1.1\r\nAuthorization: Bearer KEY\r\n\r\n"),
        Case(
            "foreign host",
            "GET /users/alice/api/v1/x HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer KEY\r\n\r\n"),
        Case("absolute form", get.replacing("GET /", with: "GET http://127.0.0.1/")),
        Case("absolute form elsewhere", get.replacing("GET /", with: "GET http://evil.example/")),
        Case("asterisk", get.replacing("/users/alice/api/v1/inner", with: "*")),
        Case("dot segments", get.replacing("inner", with: "../../../oauth/user")),
        Case("encoded slash", get.replacing("inner", with: "%2e%2e%2fx")),
        Case("bytes beyond ASCII", get.replacing("inner", with: "é")),
        Case("two keys", get.replacing("\r\n\r\n", with: "\r\nAuthorization: Bearer KEY\r\n\r\n")),
    ]

    @Test(arguments: understood)
    func refusesAndGoesOn(_ item: Case) async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            let request = (item.request + Self.get).replacing("HOST", with: "127.0.0.1:\(gateway.port)")
                .replacing("KEY", with: gateway.key)
            try await connection.send(request)
            let response = try await connection.response()
            #expect((400...499).contains(response.status))
            #expect(response.header("wego-gateway-error-source") == "gateway")
            if response.header("connection") == nil {
                #expect(try await connection.response().status == 200)
                #expect(gateway.upstream.targets == ["/api/v1/inner"])
            } else {
                #expect(try await connection.bytesUntilClose().isEmpty)
                #expect(gateway.upstream.targets.isEmpty)
            }
        }
    }

    /// A good request in front of garbage gets its answer, the garbage its own.
    @Test func answersWhatCameBeforeGarbage() async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            try await connection.send(gateway.request("GET", ConnectionTests.path) + "\u{0}garbage\r\n\r\n")
            #expect(try await connection.response().status == 200)
            let response = try await connection.response()
            #expect(response.slug == "bad-request")
            #expect(try await connection.bytesUntilClose().isEmpty)
            #expect(gateway.upstream.requests.current.count == 1)
        }
    }

    @Test func answersAHeadThatNeverEnds() async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            try await connection.send("GET / HTTP/1.1\r\nHost: x\r\n")
            connection.finishSending()
            #expect(try await connection.response().slug == "bad-request")
            #expect(try await connection.bytesUntilClose().isEmpty)
        }
    }

    @Test func sendsNothingOfABodyThatNeverEnds() async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            try await connection.send(String(gateway.request("POST", "/users/alice/api/v1/x", body: "{}").dropLast(1)))
            connection.finishSending()
            #expect(try await connection.response().slug == "bad-request")
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }
}
