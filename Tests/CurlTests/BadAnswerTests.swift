// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import Testing

/// Every way an answer can go wrong has one kind, and says what the upstream may have seen.
struct BadAnswerTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [Step]
        let kind: TransferFailure.Kind
        let wire: TransferFailure.WireState

        init(_ name: String, _ steps: [Step], _ kind: TransferFailure.Kind, _ wire: TransferFailure.WireState) {
            testDescription = name
            self.steps = [.receive] + steps
            self.kind = kind
            self.wire = wire
        }
    }

    private static let manyFields = (1...200).map { "F\($0): x\r\n" }.joined()
    private static let largeField = "F: " + String(repeating: "x", count: 5000) + "\r\n"
    private static let hugeLine = "F: " + String(repeating: "x", count: 150_000) + "\r\n"
    private static let hugeBody = String(repeating: "x", count: 20_000)

    static let faults = [
        Fault("closed before the head", [.close], .connectionLost, .unknown),
        Fault("cut before the head", [.cut], .connectionLost, .unknown),
        Fault("reset before the head", [.reset], .connectionLost, .unknown),
        Fault(
            "closed behind an interim answer", [.send("HTTP/1.1 100 Continue\r\n\r\n"), .close], .connectionLost,
            .unknown),
        Fault("closed in the status line", [.send("HTTP/1.1 20"), .close], .connectionLost, .unknown),
        Fault("closed in the head", [.send("HTTP/1.1 200 OK\r\nA: b\r\n"), .close], .connectionLost, .answered),
        Fault("cut in the head", [.send("HTTP/1.1 200 OK\r\nA: b\r\n"), .cut], .connectionLost, .answered),
        Fault(
            "closed in the body", [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), .close], .connectionLost,
            .answered),
        Fault(
            "reset in the body", [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), .reset], .connectionLost,
            .answered),
        Fault(
            "closed in a chunk", [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc"), .close],
            .connectionLost, .answered),
        Fault(
            "closed before the last chunk",
            [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"), .close],
            .connectionLost, .answered),
        Fault(
            "bad chunk size", [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")],
            .connectionLost, .answered),
        Fault("garbage", [.send("\u{1}\u{2}\u{3} garbage\r\n\r\n")], .badResponse, .unknown),
        Fault("HTTP/0.9", [.send("<html>hello</html>\r\n"), .close], .badResponse, .unknown),
        Fault("HTTP/3 over TCP", [.send("HTTP/3 200 OK\r\nContent-Length: 0\r\n\r\n")], .badResponse, .unknown),
        Fault("bad length", [.send("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")], .badResponse, .answered),
        Fault(
            "switching protocols unasked", [.send("HTTP/1.1 101 Switching Protocols\r\n\r\nx"), .close], .badResponse,
            .unknown),
        Fault(
            "status nought", [.send("HTTP/1.1 000 No\r\nContent-Length: 0\r\n\r\n"), .close], .badResponse, .unknown),
        Fault(
            "large head", [.send("HTTP/1.1 200 OK\r\n\(largeField)\(largeField)Content-Length: 0\r\n\r\n")],
            .responseTooLarge, .answered),
        Fault(
            "huge line", [.send("HTTP/1.1 200 OK\r\n\(hugeLine)Content-Length: 0\r\n\r\n")], .responseTooLarge,
            .answered),
        Fault("many fields", [.send("HTTP/1.1 200 OK\r\n\(manyFields)\r\n")], .responseTooLarge, .answered),
        Fault(
            "body announced too large", [.send("HTTP/1.1 200 OK\r\nContent-Length: 10001\r\n\r\n")], .responseTooLarge,
            .answered),
        Fault(
            "body announced beyond all numbers",
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n")],
            .responseTooLarge, .answered),
        Fault(
            "body too large in chunks",
            [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4e20\r\n\(hugeBody)\r\n")],
            .responseTooLarge, .answered),
        Fault(
            "too large until the end", [.send("HTTP/1.1 200 OK\r\n\r\n\(hugeBody)")], .responseTooLarge, .answered),
    ]

    @Test(arguments: UpstreamOrigin.Scheme.both, faults)
    func hasAKind(scheme: UpstreamOrigin.Scheme, fault: Fault) async throws {
        let limits: (inout EngineSettings) -> Void = {
            $0.maximumHead = 8 * 1024
            $0.maximumBody = 10_000
        }
        try await Upstream.with(scheme, limits: limits, script: { $0 == 1 ? fault.steps : [.echo] }) { upstream in
            let failure = try await upstream.failure(.post("/first", "a=b"))
            #expect(failure.kind == fault.kind, "\(failure)")
            #expect(failure.wire == fault.wire, "\(failure)")
            // The connection is not used again, and the engine goes on.
            #expect(try await upstream.response(.get("/second")).text == "/second")
            #expect(
                upstream.server.seen.current.requests.map(\.line) == ["POST /first HTTP/1.1", "GET /second HTTP/1.1"])
        }
    }

    @Test(arguments: [
        ("", TransferFailure.WireState.unknown),
        ("HTTP/1.1 100 Continue\r\n\r\n", .unknown),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", .answered),
    ])
    func silenceEndsWithTheDeadline(said: String, wire: TransferFailure.WireState) async throws {
        try await Upstream.with(script: { $0 == 1 ? [.echo, .receive, .send(said), .silence] : [.echo] }) { upstream in
            _ = try await upstream.response(.get())
            let failure = try await upstream.failure(.post("/", "a=b", within: .seconds(1)))
            #expect(failure.kind == .timeout && failure.wire == wire, "\(failure)")
            #expect(try await upstream.response(.get("/next")).text == "/next")
        }
    }

    @Test func boundOnAllAnswersHolds() async throws {
        let half = String(repeating: "x", count: 6000)
        let gate = Gate()
        let script: @Sendable (Int) -> [Step] = { _ in
            [
                .receive, .send("HTTP/1.1 200 OK\r\nContent-Length: 6001\r\n\r\n\(half)"), .wait(gate), .send("x"),
                .again,
            ]
        }
        try await Upstream.with(limits: { $0.maximumBuffered = 10_000 }, script: script) { upstream in
            let receivers = (0..<2).map { upstream.submit(.get("/\($0)")) }
            // One of the two is over the bound while both are held; the other must still end well.
            let first = try await withThrowingTaskGroup(of: Outcome.self) { group in
                for receiver in receivers { group.addTask { try await receiver.outcome() } }
                let first = try await group.next()
                gate.open()
                _ = try await group.waitForAll()
                return first
            }
            #expect(throws: TransferFailure.self) { try first?.get() }
            let failures = receivers.compactMap { receiver -> TransferFailure? in
                guard case .failure(let failure) = receiver.outcomes.current.first else { return nil }
                return failure
            }
            #expect(failures.map(\.kind) == [.outOfMemory])
            // What the failed one held was given back.
            #expect(try await upstream.response(.get("/again")).body.readableBytes == 6001)
        }
    }
}
