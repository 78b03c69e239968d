// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import TestSupport

@testable import Gateway

/// An upstream that does what a test tells it to, and remembers what it was sent.
final class ScriptedUpstream: Upstream {
    enum Step: Sendable {
        case answer(Int, [String], String)
        case fail(TransferFailure)
        /// No answer until `release`.
        case hold
    }

    struct Held: Sendable {
        let receiver: any TransferReceiver
    }

    let requests = Watched<[TransferRequest]>([])
    private let held = Watched<[Held]>([])
    private let script: @Sendable (Int, TransferRequest) -> Step

    /// `script` gets the number of the request, from 0.
    init(_ script: @escaping @Sendable (Int, TransferRequest) -> Step) {
        self.script = script
    }

    static func answering(_ status: Int = 200, _ fields: [String] = [], _ body: String = "{}") -> ScriptedUpstream {
        ScriptedUpstream { _, _ in .answer(status, fields, body) }
    }

    /// Tells in each answer which target was asked for.
    static let echo: @Sendable (Int, TransferRequest) -> Step = { _, request in
        .answer(200, ["Content-Type: text/plain"], String(decoding: request.target, as: UTF8.self))
    }

    /// What the script has for a request.
    func step(_ number: Int, _ request: TransferRequest) -> Step { script(number, request) }

    func submit(_ request: TransferRequest, to receiver: any TransferReceiver) {
        let number = requests.change { requests in
            requests.append(request)
            return requests.count - 1
        }
        let step = script(number, request)
        if case .hold = step {
            held.change { $0.append(Held(receiver: receiver)) }
        } else {
            receiver.eventLoop.execute { receiver.transferEnded(Self.outcome(of: step)) }
        }
    }

    /// Ends the oldest request that is held; waits for one.
    func release(_ step: Step = .answer(200, [], "{}")) async throws {
        _ = try await held.wait(for: "request at the upstream") { $0.isEmpty ? nil : true }
        let receiver = held.change { $0.removeFirst().receiver }
        receiver.eventLoop.execute { receiver.transferEnded(Self.outcome(of: step)) }
    }

    /// What is held ends as it would when the engine is shut down.
    func endTransfers() {
        let receivers = held.change { held in
            defer { held = [] }
            return held.map(\.receiver)
        }
        for receiver in receivers {
            receiver.eventLoop.execute {
                receiver.transferEnded(.failure(TransferFailure(.shuttingDown, .unknown)))
            }
        }
    }

    func waitForHeld(_ count: Int = 1) async throws {
        _ = try await held.wait(for: "\(count) held requests") { $0.count >= count ? true : nil }
    }

    var targets: [String] { requests.current.map { String(decoding: $0.target, as: UTF8.self) } }

    private static func outcome(of step: Step) -> Result<TransferResponse, TransferFailure> {
        switch step {
        case .answer(let status, let fields, let body): .success(.make(status, fields, body))
        case .fail(let failure): .failure(failure)
        case .hold: preconditionFailure("held requests have no outcome")
        }
    }
}

extension TransferRequest {
    /// Lines as libcurl gets them.
    var headerLines: [String] {
        headers.bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    func header(_ name: String) -> String? {
        headerLines.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }.map {
            String($0.dropFirst(name.count + 2))
        }
    }

    var bodyText: String? { body.map { String(buffer: $0) } }
}
