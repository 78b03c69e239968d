// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import TestSupport
import Testing

/// Pooled connections: used again when nothing came on them, and never when something did.
struct ReuseTests {
    @Test(arguments: UpstreamOrigin.Scheme.both)
    func connectionIsUsedAgain(scheme: UpstreamOrigin.Scheme) async throws {
        try await Upstream.with(scheme, script: { _ in [.echo, .again] }) { upstream in
            for number in 0..<20 {
                let response = try await upstream.response(.get("/\(number)"))
                #expect(response.text == "/\(number)")
                #expect(response.reusedConnection == (number > 0))
            }
            #expect(upstream.server.seen.current.connections == 1)
            try await upstream.statistics("19 reused, no trips") {
                $0.reusedConnections == 19 && $0.transfers == 20 && $0.idleTrips == 0 && $0.staleConnections == 0
            }
        }
    }

    @Test(arguments: UpstreamOrigin.Scheme.both, ["HTTP/1.1 200 OK\r\nConnection: close\r\n", "HTTP/1.0 200 OK\r\n"])
    func connectionThatTheServerEndsIsNot(scheme: UpstreamOrigin.Scheme, head: String) async throws {
        try await Upstream.with(scheme, script: { _ in [.receiveAndSend("\(head)Content-Length: 2\r\n\r\nok")] }) {
            upstream async throws in
            for _ in 0..<3 { #expect(try await upstream.response(.get()).text == "ok") }
            #expect(upstream.server.seen.current.connections == 3)
        }
    }

    /// Such an answer may have crossed the request, whose own answer would then reach the next one.
    @Test(arguments: UpstreamOrigin.Scheme.both, [(400, 2), (408, 2), (404, 1), (422, 1), (500, 1), (503, 1)])
    func answerThatMayBeUnaskedForEndsItsConnection(scheme: UpstreamOrigin.Scheme, end: (status: Int, connections: Int))
        async throws
    {
        let answer = "HTTP/1.1 \(end.status) Status\r\nContent-Length: 0\r\n\r\n"
        try await Upstream.with(scheme, script: { $0 == 1 ? [.receiveAndSend(answer), .echo] : [.echo] }) { upstream in
            let first = try await upstream.response(.get("/1"))
            let second = try await upstream.response(.get("/2"))
            #expect(first.status == end.status && second.text == "/2")
            #expect(upstream.server.seen.current.connections == end.connections)
        }
    }

    /// The worst fault of all: somebody else's answer.
    @Test(arguments: UpstreamOrigin.Scheme.both)
    func strayAnswerReachesNobody(scheme: UpstreamOrigin.Scheme) async throws {
        let gate = Gate()
        let script: @Sendable (Int) -> [Step] = {
            $0 == 1 ? [.echo, .wait(gate), .send(Answers.text("stray")), .echo, .again] : [.echo, .again]
        }
        try await Upstream.with(scheme, script: script) { upstream in
            #expect(try await upstream.response(.get("/1")).text == "/1")
            gate.open()
            try await upstream.statistics("a trip") { $0.idleTrips == 1 }
            #expect(try await upstream.response(.get("/2")).text == "/2")
            #expect(try await upstream.response(.get("/3")).text == "/3")
            #expect(upstream.server.seen.current.connections == 2)
        }
    }

    /// Left-overs that arrive together with an answer.
    @Test(
        arguments: UpstreamOrigin.Scheme.both,
        [
            Answers.text("1"), "HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n",
        ])
    func strayAnswerBehindAnAnswerReachesNobody(scheme: UpstreamOrigin.Scheme, answer: String) async throws {
        let script: @Sendable (Int) -> [Step] = {
            $0 == 1 ? [.receiveAndSend(answer + Answers.text("stray")), .echo, .echo] : [.echo, .again]
        }
        try await Upstream.with(scheme, script: script) { upstream async throws in
            #expect(try await upstream.response(.get("/1")).text != "stray")
            #expect(try await upstream.response(.get("/2")).text == "/2")
            #expect(try await upstream.response(.get("/3")).text == "/3")
        }
    }

    @Test(arguments: UpstreamOrigin.Scheme.both, [Step.close, .cut, .reset])
    func serverEndsAllIdleConnections(scheme: UpstreamOrigin.Scheme, end: Step) async throws {
        let arrived = Gate()
        let gate = Gate()
        let count = 8
        let script: @Sendable (Int) -> [Step] = {
            $0 <= count ? [.receive, .wait(arrived), .send(Answers.text("old")), .wait(gate), end] : [.echo, .again]
        }
        try await Upstream.with(scheme, script: script) { upstream in
            let old = (0..<count).map { upstream.submit(.get("/\($0)")) }
            try await upstream.server.seen.wait(for: "\(count) requests") { $0.requests.count == count ? () : nil }
            arrived.open()
            for receiver in old { #expect(try await receiver.outcome().get().text == "old") }
            gate.open()
            try await upstream.statistics("\(count) trips") { $0.idleTrips == UInt64(count) }
            let new = (0..<count).map { upstream.submit(.post("/new\($0)", "a=b")) }
            for (number, receiver) in new.enumerated() {
                #expect(try await receiver.outcome().get().text == "/new\(number)")
            }
        }
    }

    /// libcurl by itself would send it again on another connection, up to five times.
    @Test(arguments: UpstreamOrigin.Scheme.both, [Step.close, .cut, .reset])
    func lostRequestIsNotSentAgain(scheme: UpstreamOrigin.Scheme, end: Step) async throws {
        for request in [TransferRequest.post("/once", "a=b"), .get("/once")] {
            try await Upstream.with(scheme, script: { $0 == 1 ? [.echo, .receive, end] : [.echo, .again] }) {
                upstream in
                _ = try await upstream.response(.get("/first"))
                let failure = try await upstream.failure(request)
                #expect(failure.kind == .connectionLost && failure.wire == .unknown, "\(failure)")
                #expect(try await upstream.response(.get("/last")).text == "/last")
                let targets = upstream.server.seen.current.requests.map(\.target)
                #expect(targets == ["/first", "/once", "/last"])
            }
        }
    }

    @Test(arguments: UpstreamOrigin.Scheme.both)
    func gateHoldsWhatIsNotDurable(scheme: UpstreamOrigin.Scheme) async throws {
        try await Upstream.with(scheme, script: { _ in [.echo, .again] }) { upstream in
            upstream.engine.journalIsDurable(upTo: 4)
            var request = TransferRequest.post("/gate", "a=b")
            request.requiredSequence = 5
            // On a new connection, then on a pooled one.
            for requests in [0, 1] {
                let failure = try await upstream.failure(request)
                #expect(failure.kind == .notDurable && failure.wire == .notSent, "\(failure)")
                #expect(upstream.server.seen.current.requests.count == requests)
                _ = try await upstream.response(.get("/filler"))
            }
            upstream.engine.journalIsDurable(upTo: 5)
            upstream.engine.journalIsDurable(upTo: 3)
            #expect(try await upstream.response(request).text == "/gate")
            #expect(upstream.server.seen.current.requests.map(\.target) == ["/filler", "/filler", "/gate"])
        }
    }
}
