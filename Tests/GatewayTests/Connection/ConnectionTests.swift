// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import RateLimits
import TestSupport
import Testing

@testable import Gateway

/// Requests and answers on a real socket.
struct ConnectionTests {
    static let path = "/users/alice/api/v1/wego_home/building"

    @Test func answersOneRequestAfterAnother() async throws {
        try await GatewayFixture.run(ScriptedUpstream(ScriptedUpstream.echo)) { gateway in
            let connection = try gateway.connect()
            for number in 0..<5 {
                try await connection.send(gateway.request("GET", "\(Self.path)?n=\(number)"))
                let response = try await connection.response()
                #expect(response.status == 200)
                #expect(response.bodyText == "/api/v1/wego_home/building?n=\(number)")
            }
            #expect(gateway.plane.openConnections == 1)
        }
    }

    @Test func answersPipelinedRequestsInOrder() async throws {
        try await GatewayFixture.run(ScriptedUpstream(ScriptedUpstream.echo)) { gateway in
            let connection = try gateway.connect()
            var packet = ""
            for number in 0..<20 {
                switch number % 4 {
                case 0: packet += gateway.request("GET", "\(Self.path)?n=\(number)")
                case 1: packet += gateway.request("POST", "/users/alice/api/v1/x?n=\(number)", body: #"{"a":1}"#)
                case 2: packet += gateway.request("GET", "/users/alice")
                default: packet += gateway.request("GET", "/nowhere")
                }
            }
            try await connection.send(packet)
            for number in 0..<20 {
                let response = try await connection.response()
                switch number % 4 {
                case 0: #expect(response.bodyText == "/api/v1/wego_home/building?n=\(number)")
                case 1: #expect(response.bodyText == "/api/v1/x?n=\(number)")
                case 2: #expect(response.bodyText.contains(#""user":"alice""#))
                default: #expect(response.slug == "path-not-forwarded")
                }
            }
        }
    }

    @Test func sendsPipelinedRequestsOneAtATime() async throws {
        try await GatewayFixture.run(ScriptedUpstream { _, _ in .hold }) { gateway in
            let connection = try gateway.connect()
            try await connection.send(gateway.request("GET", Self.path) + gateway.request("GET", Self.path))
            try await gateway.upstream.waitForHeld()
            #expect(gateway.upstream.requests.current.count == 1)
            try await gateway.upstream.release(.answer(200, [], "first"))
            #expect(try await connection.response().bodyText == "first")
            try await gateway.upstream.release(.answer(200, [], "second"))
            #expect(try await connection.response().bodyText == "second")
        }
    }

    @Test func readsRequestsByteByByte() async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            for byte in gateway.request("POST", "/users/alice/api/v1/x", body: #"{"name":"é"}"#).utf8 {
                try await connection.send([byte])
            }
            #expect(try await connection.response().status == 200)
            #expect(gateway.upstream.requests.current.map(\.bodyText) == [#"{"name":"é"}"#])
        }
    }

    @Test func readsChunkedBodies() async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            let fields = ["Content-Type: application/json", "Transfer-Encoding: chunked"]
            try await connection.send(gateway.request("POST", "/users/alice/api/v1/x", fields))
            for chunk in ["2\r\n{\"\r\n", "1;ext=1\r\na\r\n", "4\r\n\":1}\r\n", "0\r\nTrailer: x\r\n\r\n"] {
                try await connection.send(chunk)
            }
            #expect(try await connection.response().status == 200)
            let sent = try #require(gateway.upstream.requests.current.first)
            #expect(sent.bodyText == #"{"a":1}"#)
            #expect(sent.header("transfer-encoding") == nil)
            #expect(sent.header("trailer") == nil)
        }
    }

    @Test func saysContinue() async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            let fields = ["Expect: 100-continue", "Connection: close"]
            try await connection.send(gateway.request("POST", "/users/alice/api/v1/x", fields, body: "{}"))
            let text = String(decoding: try await connection.bytesUntilClose(), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func doesNotSayContinueToWhatIsRefused() async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            let request = gateway.request("POST", "/users/nobody/api/v1/x", ["Expect: 100-continue"], body: "{}")
            try await connection.send(String(request.dropLast(2)))
            let bytes = try await connection.bytesUntilClose()
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 404 "))
        }
    }

    @Test func answersHeadWithoutABody() async throws {
        let upstream = ScriptedUpstream.answering(200, ["Content-Length: 1234", "ETag: \"x\""], "")
        try await GatewayFixture.run(upstream) { gateway in
            let connection = try gateway.connect()
            for target in [Self.path, "/users/nobody/api/v1/x", "/users/alice"] {
                try await connection.send(gateway.request("HEAD", target))
            }
            let forwarded = try await connection.response(toHead: true)
            #expect(forwarded.header("content-length") == "1234")
            #expect(forwarded.header("etag") == "\"x\"")
            let refused = try await connection.response(toHead: true)
            #expect(refused.status == 404)
            #expect(refused.header("wego-gateway-error-source") == "gateway")
            #expect(try await connection.response(toHead: true).status == 200)
            #expect(gateway.upstream.requests.current.map(\.method) == ["HEAD"])
        }
    }

    @Test(arguments: [204, 304])
    func answersWithoutABodyWhereThereIsNone(_ status: Int) async throws {
        let upstream = ScriptedUpstream { number, _ in
            number == 0 ? .answer(status, ["Content-Length: 0"], "") : .answer(200, [], "next")
        }
        try await GatewayFixture.run(upstream) { gateway in
            let connection = try gateway.connect()
            try await connection.send(gateway.request("GET", Self.path) + gateway.request("GET", Self.path))
            let response = try await connection.response()
            #expect(response.status == status)
            #expect(response.header("content-length") == nil)
            #expect(try await connection.response().bodyText == "next")
        }
    }

    @Test func passesLongAnswersOn() async throws {
        let text = String(repeating: "0123456789abcdef", count: 1 << 18)
        try await GatewayFixture.run(.answering(200, [], text)) { gateway in
            let connection = try gateway.connect()
            for _ in 0..<2 {
                try await connection.send(gateway.request("GET", Self.path))
                #expect(try await connection.response().bodyText == text)
            }
        }
    }

    /// Nothing is kept in memory for a client that only sends.
    @Test func doesNotRunAheadOfAClientThatReadsNothing() async throws {
        let text = String(repeating: "0123456789abcdef", count: 1 << 18)
        try await GatewayFixture.run(.answering(200, [], text)) { gateway in
            let connection = try gateway.connect()
            try await connection.send((0..<8).map { _ in gateway.request("GET", Self.path) }.joined())
            _ = try await gateway.records.wait(for: 1)
            // Another connection's answer comes after everything the first one could have started.
            _ = try await gateway.call("GET", "/users/alice")
            #expect(gateway.upstream.requests.current.count < 8)
            for _ in 0..<8 { #expect(try await connection.response().body.count == text.utf8.count) }
        }
    }

    @Test func closesWhenAsked() async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            try await connection.send(gateway.request("GET", Self.path, ["Connection: close"]))
            let bytes = try await connection.bytesUntilClose()
            #expect(String(decoding: bytes, as: UTF8.self).contains("\r\nConnection: close\r\n"))
        }
    }

    /// Unread bytes would turn the close into a reset that may overtake the answer.
    @Test func deliversTheLastAnswerThoughMoreArrived() async throws {
        try await GatewayFixture.run(.answering(200, [], "last")) { gateway in
            let connection = try gateway.connect()
            let last = gateway.request("GET", Self.path, ["Connection: close"])
            try await connection.send(last + String(repeating: gateway.request("GET", Self.path), count: 2000))
            let text = String(decoding: try await connection.bytesUntilClose(), as: UTF8.self)
            #expect(text.hasSuffix("\r\n\r\nlast"))
            #expect(gateway.upstream.requests.current.count == 1)
        }
    }

    @Test(arguments: ["HTTP/1.0", "HTTP/1.0 keep-alive"])
    func closesAfterHTTP10(_ kind: String) async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            let fields = kind.hasSuffix("keep-alive") ? ["Connection: keep-alive"] : []
            let request = gateway.request("GET", Self.path, fields)
            try await connection.send(request.replacing(" HTTP/1.1\r\n", with: " HTTP/1.0\r\n"))
            let bytes = try await connection.bytesUntilClose()
            #expect(String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    /// Java's client asks for HTTP/2 in this way with every first request.
    @Test func answersRequestsThatOfferAnUpgrade() async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            let fields = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"]
            try await connection.send(gateway.request("GET", Self.path, fields))
            let text = String(decoding: try await connection.bytesUntilClose(), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(text.contains("\r\nConnection: close\r\n"))
        }
    }

    @Test func answersAHalfClosedClient() async throws {
        try await GatewayFixture.run(ScriptedUpstream { _, _ in .hold }) { gateway in
            let connection = try gateway.connect()
            try await connection.send(gateway.request("GET", Self.path) + gateway.request("GET", Self.path))
            connection.finishSending()
            for text in ["first", "second"] {
                try await gateway.upstream.release(.answer(200, [], text))
                #expect(try await connection.response().bodyText == text)
            }
            #expect(try await connection.bytesUntilClose().isEmpty)
        }
    }

    @Test func survivesAClientThatDisappears() async throws {
        let upstream = ScriptedUpstream { number, _ in number == 0 ? .hold : .answer(200, [], "{}") }
        try await GatewayFixture.run(upstream, limits: LimitDefaults(homeUser: LimitTerms(concurrency: 1))) { gateway in
            do {
                let connection = try gateway.connect()
                try await connection.send(gateway.request("GET", Self.path))
                try await gateway.upstream.waitForHeld()
                connection.setResetOnClose()
            }
            #expect(try await gateway.call("GET", Self.path).slug == "quota-exceeded")
            try await gateway.upstream.release()
            _ = try await gateway.records.wait(for: 2)
            // Its place is free again.
            #expect(try await gateway.call("GET", Self.path).status == 200)
        }
    }

    @Test func refusesConnectionsAboveTheMaximum() async throws {
        try await GatewayFixture.run(change: { settings, _ in settings.maximumConnections = 2 }) { gateway in
            let first = try gateway.connect()
            let second = try gateway.connect()
            for connection in [first, second] {
                try await connection.send(gateway.request("GET", Self.path))
                #expect(try await connection.response().status == 200)
            }
            #expect(try await gateway.connect().bytesUntilClose().isEmpty)
            try await first.send(gateway.request("GET", Self.path))
            #expect(try await first.response().status == 200)
            #expect(gateway.plane.openConnections == 2)
        }
    }

    @Test func servesAUnixSocket() async throws {
        try await GatewayFixture.run { gateway in
            let connection = try RawConnection.unix(path: gateway.socket)
            let request = gateway.request("GET", Self.path)
            try await connection.send(request.replacing("Host: 127.0.0.1:\(gateway.port)", with: "Host: localhost"))
            #expect(try await connection.response().status == 200)
        }
    }

    @Test func servesManyConnectionsOnSeveralThreads() async throws {
        let upstream = ScriptedUpstream(ScriptedUpstream.echo)
        try await GatewayFixture.run(upstream, change: { settings, _ in settings.threads = 2 }) { gateway in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for client in 0..<8 {
                    group.addTask {
                        let connection = try gateway.connect()
                        for number in 0..<20 {
                            try await connection.send(gateway.request("GET", "\(Self.path)?c=\(client)&n=\(number)"))
                            let text = try await connection.response().bodyText
                            #expect(text == "/api/v1/wego_home/building?c=\(client)&n=\(number)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
