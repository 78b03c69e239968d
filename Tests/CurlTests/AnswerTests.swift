// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import Testing

/// Answers in every form HTTP/1.1 knows.
struct AnswerTests {
    struct Form: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]
        var status = 200
        var body = ""
        var method = "GET"
    }

    static let forms = [
        Form(testDescription: "whole", steps: [.receiveAndSend(Answers.text("hello"))], body: "hello"),
        Form(
            testDescription: "byte by byte",
            steps: [.receive, .drip(Answers.text("hello", fields: "A: b\r\n"))], body: "hello"),
        Form(
            testDescription: "head and body apart",
            steps: [.receive, .send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"), .send("a"), .send("bc")],
            body: "abc"),
        Form(
            testDescription: "chunked",
            steps: [
                .receiveAndSend(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
            ],
            body: "abcde"),
        Form(
            testDescription: "chunked byte by byte",
            steps: [.receive, .drip("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")],
            body: "abc"),
        Form(
            testDescription: "until the end of the stream",
            steps: [.receiveAndSend("HTTP/1.1 200 OK\r\n\r\nall of it"), .close], body: "all of it"),
        Form(
            testDescription: "HTTP/1.0",
            steps: [.receiveAndSend("HTTP/1.0 200 OK\r\n\r\nold"), .close], body: "old"),
        Form(
            testDescription: "behind interim answers",
            steps: [
                .receive, .send("HTTP/1.1 100 Continue\r\nInterim: 1\r\n\r\n"),
                .send("HTTP/1.1 103 Early Hints\r\nInterim: 2\r\n\r\n"), .send(Answers.text("final")),
            ], body: "final"),
        Form(testDescription: "no content", steps: [.receiveAndSend("HTTP/1.1 204 No Content\r\n\r\n")], status: 204),
        Form(
            testDescription: "not modified",
            steps: [.receiveAndSend("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n")], status: 304),
        Form(
            testDescription: "to HEAD", steps: [.receiveAndSend("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")],
            method: "HEAD"),
        Form(
            testDescription: "redirect",
            steps: [
                .receiveAndSend("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 1\r\n\r\nx"), .echo,
            ],
            status: 302, body: "x"),
        Form(
            testDescription: "401 with a challenge",
            steps: [
                .receiveAndSend("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\nContent-Length: 1\r\n\r\nx"),
                .echo,
            ], status: 401, body: "x"),
        Form(
            testDescription: "expectation failed, without one",
            steps: [.receiveAndSend("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 1\r\n\r\nx"), .echo],
            status: 417, body: "x", method: "POST"),
        Form(
            testDescription: "503", steps: [.receiveAndSend("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n")],
            status: 503),
        Form(
            testDescription: "compressed stays compressed",
            steps: [.receiveAndSend("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw")],
            body: "raw"),
    ]

    @Test(arguments: UpstreamOrigin.Scheme.both, forms)
    func arrives(scheme: UpstreamOrigin.Scheme, form: Form) async throws {
        try await Upstream.with(scheme, script: { _ in form.steps }) { upstream in
            let body = form.method == "POST" ? ByteBuffer(string: "a=b") : nil
            let response = try await upstream.response(.make(form.method, "/", body: body))
            #expect(response.status == form.status)
            #expect(response.text == form.body)
            #expect(upstream.server.seen.current.requests.count == 1)
        }
    }

    @Test func hasTheFieldsOfTheFinalAnswerOnly() async throws {
        let script: [Step] = [
            .receive, .send("HTTP/1.1 100 Continue\r\nInterim: 1\r\n\r\n"),
            .send("HTTP/1.1 200 OK\r\nX-One: 1\r\nTransfer-Encoding: chunked\r\nx-two:  2 \r\n\r\n"),
            .send("1\r\na\r\n0\r\nTrailer-Field: 3\r\nHTTP/1.1: 4\r\n\r\n"),
        ]
        try await Upstream.with(script: { _ in script }) { upstream in
            let response = try await upstream.response(.get())
            #expect(response.text == "a")
            var fields: [String] = []
            response.head.forEachField { fields.append(String(decoding: $0 + [0x3D] + $1, as: UTF8.self)) }
            #expect(fields == ["X-One=1", "Transfer-Encoding=chunked", "x-two=2"])
        }
    }

    @Test func bodyUpToTheLimitArrives() async throws {
        let body = String(repeating: "x", count: 300_000)
        try await Upstream.with(
            limits: { $0.maximumBody = 300_000 }, script: { _ in [.receiveAndSend(Answers.text(body)), .again] }
        ) { upstream in
            #expect(try await upstream.response(.get()).text == body)
            #expect(try await upstream.response(.get()).text == body)
            try await upstream.statistics("one connection") { $0.openConnections == 1 }
        }
    }

    @Test func answerBeforeTheWholeRequestWasRead() async throws {
        // The body is too large for the sockets' buffers and nobody reads it to its end.
        let refusal = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno"
        try await Upstream.with(.http, script: { $0 == 1 ? [.send(refusal), .close] : [.echo] }) { upstream in
            let outcome = try await upstream.outcome(.post("/", String(repeating: "x", count: 8_000_000)))
            switch outcome {
            case .success(let response): #expect(response.status == 413)
            case .failure(let failure): #expect(failure.kind == .connectionLost && failure.wire != .notSent)
            }
            #expect(upstream.server.seen.current.connections == 1)
        }
    }

    @Test func timesGrow() async throws {
        try await Upstream.with(script: { _ in [.echo] }) { upstream in
            let times = try await upstream.response(.get()).times
            #expect(times.connected > .zero && times.firstByte >= times.connected && times.total >= times.firstByte)
        }
    }
}
