// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Custody
import Foundation
import Hummingbird
import RateLimits
import Settings
import StrictJSON

/// The way to the admin operations: a running gateway's socket, or the store opened by this very process.
struct AdminConnection: Sendable {
    private enum Way {
        /// With how long a `call` may take.
        case gateway(AdminSocketClient, callTimeout: Duration)
        case store(SQLiteStore, AdminAPI, CommandJournal)
    }

    private let way: Way

    /// Operations that only change or read the store are done by then.
    private static let storeTimeout = Duration.seconds(5)

    /// How often, and how far apart, the way is looked for while somebody else holds the store: another command is done
    /// in a moment, a gateway that starts is about to answer on its socket.
    private static let attempts = 20
    private static let pause = Duration.milliseconds(100)

    /// Runs `body` with a connection and closes it.
    /// - Parameters:
    ///   - sending: whether the operations may call WegoWise, so that a stand-alone process needs an engine.
    ///   - wait: between two attempts to get at a store that is held.
    @discardableResult
    static func with<Result>(
        _ settings: GatewaySettings, sending: Bool = false,
        wait: () async throws -> Void = { try await Task.sleep(for: pause) },
        _ body: (AdminConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await open(settings, sending: sending, wait: wait)
        do {
            let result = try await body(connection)
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw error
        }
    }

    private static func open(
        _ settings: GatewaySettings, sending: Bool, wait: () async throws -> Void
    ) async throws -> AdminConnection {
        for _ in 1..<attempts {
            do {
                return try open(settings, sending: sending)
            } catch CustodyError.inUse {
                try await wait()
            }
        }
        return try open(settings, sending: sending)
    }

    private static func open(_ settings: GatewaySettings, sending: Bool) throws -> AdminConnection {
        let socket = settings.adminSocketPath
        switch SocketFile.answer(at: socket) {
        case .somebodyListens:
            // The end of a connection takes two calls: the exchange and the trial.
            let callTimeout = settings.upstream.timeout * 2 + .seconds(10)
            return AdminConnection(way: .gateway(AdminSocketClient(path: socket), callTimeout: callTimeout))
        case .absent, .nobodyListens:
            return try standalone(settings, sending: sending)
        case .notASocket:
            throw CommandFailure(
                .unavailable, "admin.unix_socket: \(socket) is no socket.",
                next: "Choose another path in the configuration.")
        case .failed(let code):
            throw CommandFailure(
                .unavailable, "admin.unix_socket: \(socket) cannot be opened: \(String(cString: strerror(code))).",
                next: "Run the command as the user the gateway runs as.")
        }
    }

    private static func standalone(_ settings: GatewaySettings, sending: Bool) throws -> AdminConnection {
        let store = try StoreOpening.open(settings, environment: ProcessInfo.processInfo.environment)
        let journal = CommandJournal(settings, store)
        do {
            try journal.settle()
            let calls = sending ? try Composition.operatorCalls(settings, store, journal) : nil
            let api = AdminAPI(
                custody: store, calls: calls, journal: journal, limitDefaults: LimitDefaults(settings.limits),
                maximumCallBody: settings.listen.maxRequestBody.bytes
            ) { .members(["gateway": .bool(false)]) }
            return AdminConnection(way: .store(store, api, journal))
        } catch {
            journal.close()
            store.close()
            throw error
        }
    }

    private func close() async {
        switch way {
        case .gateway(let client, _): await client.close()
        case .store(let store, _, let journal):
            await Blocking.run { journal.close() }
            store.close()
        }
    }
}

extension AdminConnection {
    /// Whether a gateway runs at the other end.
    var isGateway: Bool {
        if case .gateway = way { true } else { false }
    }

    /// Performs one operation. Refusals are thrown as `AdminProblem`.
    /// - Returns: what was answered; an empty object if the answer has no body.
    @discardableResult
    func send(
        _ method: HTTPRequest.Method, _ path: [String], query: [(String, String?)] = [], body: JSONTree? = nil
    ) async throws -> JSONValue {
        let target = try AdminTarget.checked(path: path, query: query)
        let bytes = body?.bytes ?? []
        let answer: AdminAnswer
        switch way {
        case .gateway(let client, let callTimeout):
            answer = try await client.perform(
                method: method, target: target, body: bytes,
                timeout: path == ["call"] ? callTimeout : Self.storeTimeout)
        case .store(_, let api, let journal):
            answer = try await api.perform(method: method, target: target, body: bytes)
            if let failure = journal.failure { throw failure }
        }
        guard (200...299).contains(answer.status) else {
            throw AdminProblem(body: answer.body)
                ?? AdminProblem(
                    status: answer.status, kind: "unknown", title: "",
                    detail: "The gateway answered with status \(answer.status). Is it of another version?")
        }
        return try JSONDocument.parse(answer.body.isEmpty ? Array("{}".utf8) : answer.body).root
    }
}
