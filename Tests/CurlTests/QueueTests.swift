// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import TestSupport
import Testing

/// More requests than connections, and the end of the engine.
struct QueueTests {
    @Test func requestsWaitForAConnection() async throws {
        let gate = Gate()
        let script: @Sendable (Int) -> [Step] = { _ in [.wait(gate), .echo, .again] }
        try await Upstream.with(limits: { $0.maximumConnections = 2 }, script: script) { upstream in
            let receivers = (0..<5).map { upstream.submit(.get("/\($0)")) }
            try await upstream.statistics("two running, three waiting") { $0.running == 2 && $0.waiting == 3 }
            gate.open()
            for (number, receiver) in receivers.enumerated() {
                #expect(try await receiver.outcome().get().text == "/\(number)")
            }
            #expect(upstream.server.seen.current.connections == 2)
            try await upstream.statistics("nothing left") { $0.running == 0 && $0.waiting == 0 && $0.transfers == 5 }
        }
    }

    private func crowded(_ settings: inout EngineSettings) {
        settings.maximumConnections = 1
        settings.maximumWaiting = 1
    }

    @Test func fullQueueRefuses() async throws {
        let gate = Gate()
        try await Upstream.with(limits: crowded, script: { _ in [.wait(gate), .echo, .again] }) { upstream in
            let running = upstream.submit(.get("/running"))
            try await upstream.statistics("one running") { $0.running == 1 }
            let waiting = upstream.submit(.get("/waiting"))
            try await upstream.statistics("one waiting") { $0.waiting == 1 }
            let failure = try await upstream.failure(.get("/refused"))
            #expect(failure.kind == .overloaded && failure.wire == .notSent)
            gate.open()
            #expect(try await running.outcome().get().text == "/running")
            #expect(try await waiting.outcome().get().text == "/waiting")
        }
    }

    @Test func turnThatDoesNotComeInTimeIsGivenUp() async throws {
        let gate = Gate()
        try await Upstream.with(limits: crowded, script: { _ in [.wait(gate), .echo, .again] }) { upstream in
            let running = upstream.submit(.get("/running"))
            try await upstream.statistics("one running") { $0.running == 1 }
            let failure = try await upstream.failure(.get("/waiting", within: .milliseconds(200)))
            #expect(failure.kind == .overloaded && failure.wire == .notSent)
            gate.open()
            #expect(try await running.outcome().get().text == "/running")
            #expect(upstream.server.seen.current.requests.map(\.target) == ["/running"])
        }
    }

    @Test func deadlineInThePastSendsNothing() async throws {
        try await Upstream.with(script: { _ in [.echo] }) { upstream in
            let failure = try await upstream.failure(.get("/", within: .seconds(-1)))
            #expect(failure.kind == .overloaded && failure.wire == .notSent)
            #expect(upstream.server.seen.current.connections == 0)
        }
    }

    @Test(arguments: UpstreamOrigin.Scheme.both)
    func everyRequestGetsItsOwnAnswer(scheme: UpstreamOrigin.Scheme) async throws {
        let count = 2000
        try await Upstream.with(
            scheme,
            limits: {
                $0.maximumConnections = 16; $0.maximumWaiting = count
            }, script: { _ in [.echo, .again] }
        ) { upstream async throws in
            let receivers = (0..<count).map { number in
                upstream.submit(number.isMultiple(of: 3) ? .post("/\(number)", "\(number)") : .get("/\(number)"))
            }
            for (number, receiver) in receivers.enumerated() {
                #expect(try await receiver.outcome().get().text == "/\(number)")
            }
            let seen = upstream.server.seen.current
            #expect(seen.requests.count == count)
            #expect(seen.connections == 16)
            #expect(
                seen.requests.allSatisfy {
                    $0.method == "GET" || $0.target == "/" + String(decoding: $0.body, as: UTF8.self)
                })
        }
    }

    @Test(arguments: UpstreamOrigin.Scheme.both)
    func shutDownTellsEveryReceiverOnce(scheme: UpstreamOrigin.Scheme) async throws {
        let receivers = try await Upstream.with(
            scheme, limits: { $0.maximumConnections = 2 }, script: { _ in [.receive, .silence] }
        ) { upstream in
            let receivers = (0..<6).map { upstream.submit(.get("/\($0)")) }
            try await upstream.server.seen.wait(for: "two requests") { $0.requests.count == 2 ? () : nil }
            try await upstream.statistics("four waiting") { $0.waiting == 4 }
            let ended = try await onThread { upstream.engine.shutDown(within: .seconds(20)) }
            #expect(ended)
            let late = upstream.submit(.get("/late"))
            #expect(try await late.outcome() == .failure(TransferFailure(.shuttingDown, .notSent)))
            try await upstream.server.seen.wait(for: "both connections closed") { $0.closed == 2 ? () : nil }
            try await upstream.statistics("nothing") { $0.running == 0 && $0.waiting == 0 && $0.openConnections == 0 }
            return receivers
        }
        var states: [TransferFailure.WireState] = []
        for receiver in receivers {
            guard case .failure(let failure) = try await receiver.outcome() else { continue }
            #expect(failure.kind == .shuttingDown)
            states.append(failure.wire)
        }
        #expect(states.filter { $0 == .unknown }.count == 2)
        #expect(states.filter { $0 == .notSent }.count == 4)
        // Whatever the engine had to say was said before its thread ended.
        try await Loops.client.next().submit {}.get()
        #expect(receivers.allSatisfy { $0.outcomes.current.count == 1 })
    }

    @Test func idleConnectionsCloseWithTheEngine() async throws {
        let server = try await Upstream.with(script: { _ in [.echo, .again] }) { upstream in
            _ = try await upstream.response(.get())
            return upstream.server
        }
        try await server.seen.wait(for: "closed connection") { $0.closed == 1 ? () : nil }
    }
}

extension TransferResponse: Equatable {
    package static func == (one: TransferResponse, other: TransferResponse) -> Bool {
        one.status == other.status && one.head.bytes == other.head.bytes && one.body == other.body
    }
}
