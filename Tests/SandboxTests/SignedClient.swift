// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets

@testable import Sandbox

/// A client with credentials, and the provider and simulator that know them. The hour is made up.
struct SignedClient {
    static let now: Int64 = 1_700_000_000
    static let authority = "127.0.0.1:8443"

    var consumerKey = "17547cfc0b45bf1f7ca17eee86318af35103b4ce"
    var consumerSecret = "consumer secret with & and %"
    var token = "a5f5e9d2a3911a048b467bce3ad577a5cb64402c"
    var tokenSecret = "cfe39d9b5fb6b8617e5c633da1ec23c9f993c676"
    var username = "alice"
    var kind = AccountKind.home

    static let alice = SignedClient()
    static let bob = SignedClient(token: "bob's token", tokenSecret: "bob's secret", username: "bob")
    static let developer = SignedClient(
        token: "developer's token", tokenSecret: "developer's secret", username: "developer", kind: .developer)

    static func configuration() -> SandboxConfiguration {
        var configuration = SandboxConfiguration()
        configuration.consumers = [.init(key: alice.consumerKey, secret: Secret(utf8: alice.consumerSecret))]
        configuration.tokens = [developer, alice, bob].map { client in
            SandboxConfiguration.Token(
                pair: client.pair, consumerKey: client.consumerKey, username: client.username,
                kind: client.kind)
        }
        configuration.now = { now }
        return configuration
    }

    var pair: TokenPair { TokenPair(token: Secret(utf8: token), secret: Secret(utf8: tokenSecret)) }

    /// A request that the simulator accepts, unless something about it is changed.
    func request(
        _ method: String, _ target: String, json: String? = nil, form: String? = nil, scheme: String = "https",
        authority: String = Self.authority, timestamp: Int64 = Self.now, nonce: String = "nonce",
        signer: Signer = Signer()
    ) -> SandboxRequest {
        var request = SandboxRequest(method: method, scheme: scheme, authority: authority, target: target)
        request.body = Array((json ?? form ?? "").utf8)
        if json != nil { request.contentType = "application/json" }
        if form != nil { request.contentType = "application/x-www-form-urlencoded; charset=utf-8" }
        request.authorization = [header(for: request, timestamp: timestamp, nonce: nonce, signer: signer)]
        return request
    }

    func header(for request: SandboxRequest, timestamp: Int64, nonce: String, signer: Signer = Signer()) -> String {
        guard let (host, port) = request.hostAndPort,
            let uri = BaseStringURI(scheme: request.scheme, host: host, port: port, path: Array(request.path.utf8))
        else { return "" }
        var parameters = FormEncoding.parse(request.query.utf8) ?? []
        if request.hasFormBody { parameters += FormEncoding.parse(request.body) ?? [] }
        let signable = SignableRequest(
            method: Array(request.method.utf8), uri: uri, parameters: parameters, body: request.body)
        let credential = SigningCredential(
            consumerKey: Array(consumerKey.utf8), token: Secret(utf8: token),
            key: SigningKey(consumerSecret: Secret(utf8: consumerSecret), tokenSecret: Secret(utf8: tokenSecret)))
        let header = signer.authorization(
            for: signable, with: credential, timestamp: timestamp, nonce: Array(nonce.utf8))
        return String(decoding: header, as: UTF8.self)
    }
}
