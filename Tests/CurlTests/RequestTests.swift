// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import Testing

/// What stands on the wire is what was asked for, byte for byte.
struct RequestTests {
    @Test(arguments: [
        "/", "/a%2fb", "/a%2Fb%41", "/?", "/?a=&b", "/?a=b&&c=%2F&a=b", "/a/../b/./c", "/%7Euser/~user", "//double",
        "/*?x=[1]{2}|^",
        "/?q=a+b%20c", "/a;b=c,d'(e)",
    ])
    func targetStaysAsItIs(target: String) async throws {
        try await Upstream.with(script: { _ in [.echo] }) { upstream in
            let response = try await upstream.response(.get(target))
            #expect(response.text == target)
        }
    }

    @Test func headIsWhatWasAskedFor() async throws {
        try await Upstream.with(.http, script: { _ in [.echo] }) { upstream in
            var headers = HeaderLines()
            headers.append("Authorization", #"OAuth oauth_nonce="a%2Fb", oauth_signature="c%3D""#.utf8)
            headers.append("Accept", "application/json".utf8)
            headers.append("X-Empty", "".utf8)
            headers.append("X-Spaces", "  in  between  ".utf8)
            headers.append("x-latin", [0x61, 0xE9, 0x09, 0x62])
            _ = try await upstream.response(.make("GET", "/x", headers: headers))
            let request = try #require(upstream.server.seen.current.requests.first)
            let lines = request.head.split(separator: "\r\n", omittingEmptySubsequences: true).map(String.init)
            #expect(lines.first == "GET /x HTTP/1.1")
            #expect(
                lines.dropFirst().sorted() == [
                    "Accept: application/json", #"Authorization: OAuth oauth_nonce="a%2Fb", oauth_signature="c%3D""#,
                    "Host: 127.0.0.1:\(upstream.server.port)", "User-Agent: wego-gateway", "X-Empty:",
                    "X-Spaces:   in  between  ",
                    "x-latin: a\u{FFFD}\tb",
                ])
        }
    }

    @Test func suppressedFieldsAreLeftOut() async throws {
        try await Upstream.with(script: { _ in [.echo] }) { upstream in
            var headers = HeaderLines()
            for name: StaticString in ["Accept", "User-Agent", "Content-Type", "Expect"] { headers.suppress(name) }
            _ = try await upstream.response(.make("POST", "/", body: ByteBuffer(string: "a=b"), headers: headers))
            let request = try #require(upstream.server.seen.current.requests.first)
            let expected = "POST / HTTP/1.1\r\nHost: 127.0.0.1:\(upstream.server.port)\r\nContent-Length: 3\r\n"
            #expect(request.head == expected)
        }
    }

    struct Shape: Sendable, CustomTestStringConvertible {
        let method: String
        let body: String?
        var testDescription: String { "\(method) \(body.map { "with \($0.utf8.count) bytes" } ?? "without body")" }

        var request: TransferRequest { .make(method, "/\(method)", body: body.map { ByteBuffer(string: $0) }) }
    }

    static let shapes = [
        Shape(method: "GET", body: nil), Shape(method: "HEAD", body: nil), Shape(method: "DELETE", body: nil),
        Shape(method: "OPTIONS", body: nil), Shape(method: "POST", body: nil),
        Shape(method: "POST", body: ""), Shape(method: "PUT", body: ""),
        Shape(method: "POST", body: "a=b"), Shape(method: "PUT", body: "a=bc"), Shape(method: "PATCH", body: "{}"),
        Shape(method: "DELETE", body: "gone"), Shape(method: "GET", body: "odd"),
    ]

    /// One handle makes them all, each behind each other one: nothing of the last may be left over.
    @Test(arguments: shapes)
    func methodAndBodyStayTogether(first: Shape) async throws {
        try await Upstream.with(limits: { $0.maximumConnections = 1 }, script: { _ in [.answer(Self.answer), .again] })
        { upstream in
            for second in Self.shapes {
                for shape in [first, second] {
                    let response = try await upstream.response(shape.request)
                    #expect(response.status == 200)
                    #expect(response.text == (shape.method == "HEAD" ? "" : "ok"))
                    let request = try #require(upstream.server.seen.current.requests.last)
                    #expect(request.line == "\(shape.method) /\(shape.method) HTTP/1.1")
                    #expect(request.values("Content-Length") == (shape.body.map { ["\($0.utf8.count)"] } ?? []))
                    #expect(request.values("Transfer-Encoding").isEmpty && request.values("Expect").isEmpty)
                    #expect(request.values("Content-Type").isEmpty)
                    #expect(request.body == Array((shape.body ?? "").utf8))
                }
            }
            #expect(upstream.server.seen.current.connections == 1)
        }
    }

    private static func answer(_ request: ReceivedRequest) -> String {
        request.method == "HEAD" ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" : Answers.text("ok")
    }

    @Test(arguments: UpstreamOrigin.Scheme.both, [60_000, 70_000, 3_000_000])
    func largeBodyArrivesWhole(scheme: UpstreamOrigin.Scheme, count: Int) async throws {
        try await Upstream.with(scheme, script: { _ in [.echo, .again] }) { upstream in
            let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            for _ in 0..<2 {
                _ = try await upstream.response(.make("PUT", "/large", body: ByteBuffer(bytes: body)))
                let request = try #require(upstream.server.seen.current.requests.last)
                #expect(request.body == body)
                #expect(request.values("Expect").isEmpty)
            }
            #expect(upstream.server.seen.current.connections == 1)
        }
    }
}
