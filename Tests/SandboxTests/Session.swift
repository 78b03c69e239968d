// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets

@testable import Sandbox

/// Requests to one sandbox, without sockets. Every nonce is fresh, every minted value is its number.
final class Session {
    var state: SandboxState
    var now = SignedClient.now
    private var calls = 0
    private var minted = 0

    init(samples: Bool = false, change: (inout SandboxConfiguration) -> Void = { _ in }) {
        var configuration = SignedClient.configuration()
        configuration.hasSamples = samples
        change(&configuration)
        state = SandboxState(configuration.simulator(), logCapacity: 5)
    }

    func send(_ request: SandboxRequest) -> SandboxAnswer { reply(request).answer }

    func reply(_ request: SandboxRequest) -> SandboxState.Reply {
        state.reply(to: request, now: now) { mint() }.reply
    }

    private func mint() -> TokenPair {
        minted += 1
        return TokenPair(token: Secret(utf8: "token \(minted)"), secret: Secret(utf8: "secret \(minted)"))
    }

    func call(
        _ method: String, _ target: String, _ json: String? = nil, as client: SignedClient = .alice
    ) -> (status: Int, body: String) {
        calls += 1
        let answer = send(client.request(method, target, json: json, timestamp: now, nonce: "nonce \(calls)"))
        return (answer.status, String(decoding: answer.body ?? [], as: UTF8.self))
    }

    func control(_ method: String, _ name: String, _ json: String? = nil) -> (status: Int, body: String) {
        var request = SandboxRequest(
            method: method, scheme: "http", authority: "127.0.0.1:1", target: "/_sandbox/" + name)
        request.body = Array((json ?? "").utf8)
        request.contentType = json == nil ? nil : "application/json"
        let answer = ControlEndpoint.answer(to: request, state: &state)
        return (answer.status, String(decoding: answer.body ?? [], as: UTF8.self))
    }

    /// A request of the token endpoints: signed by a consumer, with a temporary credential or without.
    func tokenRequest(
        _ path: String, token: (value: String, secret: String)? = nil, _ extra: [(String, String)],
        consumer: SignedClient = .alice, nonce: String? = nil
    ) -> SandboxAnswer {
        calls += 1
        var request = SandboxRequest(method: "POST", scheme: "https", authority: "localhost", target: path)
        guard let uri = BaseStringURI(scheme: "https", host: "localhost", port: nil, path: Array(path.utf8)) else {
            return SandboxAnswer(.notFound, verdict: .unchecked)
        }
        let credential = SigningCredential(
            consumerKey: Array(consumer.consumerKey.utf8), token: token.map { Secret(utf8: $0.value) },
            key: SigningKey(
                consumerSecret: Secret(utf8: consumer.consumerSecret),
                tokenSecret: token.map { Secret(utf8: $0.secret) }))
        let header = Signer().authorization(
            for: SignableRequest(method: Array("POST".utf8), uri: uri), with: credential, timestamp: now,
            nonce: Array((nonce ?? "token nonce \(calls)").utf8), extra: extra.map { Parameter($0.0, $0.1) })
        request.authorization = [String(decoding: header, as: UTF8.self)]
        return send(request)
    }
}

extension SandboxAnswer {
    var text: String { String(decoding: body ?? [], as: UTF8.self) }

    func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The value of a form-encoded answer.
    subscript(name: String) -> String {
        let value = FormEncoding.parse(body ?? [])?.first { $0.name.elementsEqual(name.utf8) }?.value
        return String(decoding: value ?? [], as: UTF8.self)
    }
}
