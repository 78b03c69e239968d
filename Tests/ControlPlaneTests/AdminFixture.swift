// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import Foundation
import Hummingbird
import HummingbirdTesting
import OAuth1
import RateLimits
import Secrets
import StrictJSON
import Synchronization
import Testing

@testable import ControlPlane

/// The admin router over a real store in a directory of its own, spoken to as the command line does.
final class AdminFixture {
    static let marker = "c4n4ry-53cr3t"

    let directory: URL
    let store: SQLiteStore
    let calls = RecordedCalls()
    let journal = RecordedChanges()
    var limitDefaults = LimitDefaults()

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "wego-admin-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        store = try SQLiteStore.open(
            directory: directory.appending(path: "state").path(), keyRing: KeyRing.generate().ring,
            createIfMissing: true)
    }

    deinit {
        store.close()
        try? FileManager.default.removeItem(at: directory)
    }

    var api: AdminAPI {
        AdminAPI(custody: store, calls: calls, journal: journal, limitDefaults: limitDefaults) {
            .members(["gateway": .bool(false)])
        }
    }

    struct Answer {
        let status: Int
        let text: String
        let mediaType: String?

        var root: JSONValue {
            get throws { try JSONDocument.parse(Array(text.utf8)).root }
        }

        func list(_ name: String, of member: String) throws -> [String] {
            try #require(root[name]?.elements).map { try #require($0[member]?.string) }
        }
    }

    @discardableResult
    func send(_ method: HTTPRequest.Method, _ target: String, _ body: String = "") async throws -> Answer {
        try await Application(router: api.router()).test(.router) { client in
            let response = try await client.executeRequest(
                uri: target, method: method, headers: [:], body: ByteBuffer(string: body))
            return Answer(
                status: response.status.code, text: String(buffer: response.body),
                mediaType: response.headers[.contentType])
        }
    }

    /// Tenant `acme` with consumer `app`, home user `alice` and caller `billing`.
    func provision() async throws {
        try await send(.post, "/v1/tenants", #"{"name": "acme"}"#)
        try await send(.post, "/v1/consumers", #"{"name": "app", "key": "ck", "secret": "\#(Self.marker)"}"#)
        try await send(
            .post, "/v1/users",
            #"{"name": "alice", "consumer": "app", "token": "\#(Self.marker)t", "token_secret": "\#(Self.marker)s"}"#)
        try await send(.post, "/v1/callers", #"{"name": "billing"}"#)
    }
}

/// Stands where the audit journal stands.
final class RecordedChanges: ChangeJournal {
    let names: Pseudonyms
    private let state = Mutex(State())

    private struct State {
        var events: [AdminEvent] = []
        var refusesAfter = Int.max
    }

    init() {
        guard let names = Pseudonyms(key: Array(repeating: 7, count: Pseudonyms.keyBytes)) else {
            preconditionFailure("the key is long enough")
        }
        self.names = names
    }

    var events: [AdminEvent] { state.withLock { $0.events } }

    /// From then on, as if the disk were full.
    func refuse(after count: Int) {
        state.withLock { $0.refusesAfter = $0.events.count + count }
    }

    func record(_ event: AdminEvent) throws(AdminProblem) {
        let isTaken = state.withLock { state in
            guard state.events.count < state.refusesAfter else { return false }
            state.events.append(event)
            return true
        }
        guard isTaken else { throw AdminProblem(unrecordable: "/audit: full") }
    }

    func pseudonyms() throws(AdminProblem) -> Pseudonyms { names }
}

/// Stands where the data plane stands.
final class RecordedCalls: OperatorCalls {
    private let lastAsker = Mutex<String?>(nil)

    var asker: String? { lastAsker.withLock { $0 } }

    func perform(_ call: OperatorCall) async -> CallAnswer {
        lastAsker.withLock { $0 = call.asker }
        let body = String(decoding: call.body ?? [], as: UTF8.self)
        let text = "\(call.tenant) \(call.user) \(call.method) \(call.target) \(body)"
        return CallAnswer(status: 207, headers: [("Content-Type", "text/plain")], body: Array(text.utf8))
    }

    func explain(_ call: OperatorCall) throws(AdminProblem) -> SignatureExplanation {
        guard let uri = BaseStringURI(scheme: "https", host: "h.example", port: nil, path: Array(call.target.utf8))
        else {
            throw .invalid("path: not one.")
        }
        let credential = SigningCredential(
            consumerKey: Array("ck".utf8), token: Secret(utf8: AdminFixture.marker),
            key: SigningKey(consumerSecret: Secret(utf8: AdminFixture.marker), tokenSecret: nil))
        let request = SignableRequest(method: Array(call.method.utf8), uri: uri, parameters: [], body: nil)
        return Signer().explain(for: request, with: credential, timestamp: 1, nonce: Array("n".utf8), extra: [])
    }
}
