// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import TestSupport
import Testing

typealias Outcome = Result<TransferResponse, TransferFailure>

/// A scripted server and an engine that talks to it.
struct Upstream: Sendable {
    let server: ScriptedServer
    let engine: Engine

    /// Runs `body` between start and end of both.
    static func with<R: Sendable>(
        _ scheme: UpstreamOrigin.Scheme = .https,
        limits change: (inout EngineSettings) -> Void = { _ in },
        script: @escaping @Sendable (Int) -> [Step],
        _ body: @Sendable (Upstream) async throws -> R
    ) async throws -> R {
        let authority = try Authority.trusted.get()
        let server = try await ScriptedServer(
            tls: scheme == .https ? authority.serverContext() : nil, script: script)
        var settings = try EngineSettings(
            origin: #require(UpstreamOrigin("\(scheme.rawValue)://127.0.0.1:\(server.port)")),
            caFile: scheme == .https ? authority.file : nil)
        settings.connectTimeout = .seconds(30)
        change(&settings)
        return try await with(server, settings, body)
    }

    static func with<R: Sendable>(
        _ server: ScriptedServer, _ settings: EngineSettings, _ body: @Sendable (Upstream) async throws -> R
    ) async throws -> R {
        let engine = try Engine(settings)
        let result: Result<R, any Error>
        do {
            result = .success(try await body(Upstream(server: server, engine: engine)))
        } catch {
            result = .failure(error)
        }
        let ended = try await onThread { engine.shutDown(within: .seconds(20)) }
        #expect(ended, "the engine's thread ended")
        return try result.get()
    }

    func submit(_ request: TransferRequest) -> Receiver {
        let receiver = Receiver()
        engine.submit(request, to: receiver)
        return receiver
    }

    func outcome(_ request: TransferRequest) async throws -> Outcome {
        try await submit(request).outcome()
    }

    func response(_ request: TransferRequest) async throws -> TransferResponse {
        try await outcome(request).get()
    }

    func failure(_ request: TransferRequest) async throws -> TransferFailure {
        switch try await outcome(request) {
        case .failure(let failure): return failure
        case .success(let response): throw Unexpected(what: "answer \(response.status)")
        }
    }

    /// Waits until the engine's counters are as wanted. They are numbers without an event, so they are asked for again
    /// and again, up to a limit that no working engine meets.
    func statistics(
        _ what: String, until isWanted: @escaping @Sendable (EngineStatistics) -> Bool
    ) async throws {
        let engine = engine
        for _ in 0..<20_000 {
            if isWanted(engine.statistics) { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        throw Unexpected(what: "statistics \(engine.statistics) instead of \(what)")
    }
}

struct Unexpected: Error {
    let what: String
}

/// Waits for one transfer and minds that it is told once, on its event loop.
final class Receiver: TransferReceiver {
    let eventLoop: any EventLoop = Loops.client.next()
    let outcomes = Watched<[Outcome]>([])

    func transferEnded(_ outcome: Outcome) {
        eventLoop.preconditionInEventLoop()
        outcomes.change { $0.append(outcome) }
    }

    func outcome() async throws -> Outcome {
        let outcome = try await outcomes.wait(for: "outcome", within: .seconds(60)) { $0.first }
        #expect(outcomes.current.count == 1)
        return outcome
    }
}

extension TransferRequest {
    static func get(_ target: String = "/", within limit: TimeAmount = .seconds(60)) -> TransferRequest {
        make("GET", target, within: limit)
    }

    static func post(_ target: String = "/", _ body: String, within limit: TimeAmount = .seconds(60)) -> TransferRequest
    {
        make("POST", target, body: ByteBuffer(string: body), within: limit)
    }

    static func make(
        _ method: String, _ target: String, body: ByteBuffer? = nil, headers: HeaderLines = HeaderLines(),
        within limit: TimeAmount = .seconds(60)
    ) -> TransferRequest {
        TransferRequest(
            method: method, target: Array(target.utf8), headers: headers, body: body, deadline: .now() + limit)
    }
}

extension TransferResponse {
    var text: String { String(buffer: body) }

    func value(_ name: StaticString) -> String? {
        head.first(name).map { String(decoding: $0, as: UTF8.self) }
    }
}

extension UpstreamOrigin.Scheme {
    static let both: [UpstreamOrigin.Scheme] = [.http, .https]
}
