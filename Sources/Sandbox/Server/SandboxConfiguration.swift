// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Logging
import OAuth1
import Secrets

/// How a sandbox is reached, whom it knows and what it bears.
package struct SandboxConfiguration: Sendable {
    package struct Consumer: Sendable {
        package var key: String
        package var secret: Secret

        package init(key: String, secret: Secret) {
            self.key = key
            self.secret = secret
        }
    }

    package struct Token: Sendable {
        package var pair: TokenPair
        package var consumerKey: String
        package var username: String
        package var kind: AccountKind

        package init(pair: TokenPair, consumerKey: String, username: String, kind: AccountKind) {
            self.pair = pair
            self.consumerKey = consumerKey
            self.username = username
            self.kind = kind
        }
    }

    package struct Limits: Sendable {
        /// Bytes.
        package var maximumRequestBody = 1 << 20
        /// Bytes of all header fields of one request together.
        package var maximumRequestHead = 32 * 1024
        package var maximumConnections = 4_096
        /// How long a connection may be silent while a request is awaited or read.
        package var idleTimeout: Duration = .seconds(60)
        /// How long a request body may take as a whole.
        package var bodyTimeout: Duration = .seconds(30)
        /// Nonces remembered; see `NonceMemory`.
        package var nonceCapacity = 1_000_000
        /// Verdicts that `GET /_sandbox/requests` shows.
        package var loggedRequests = 1_000
        /// How long a connection is left idle before scripted stray bytes arrive on it.
        package var strayDelay: Duration = .milliseconds(20)

        package init() {}
    }

    /// A loopback address or `localhost`; anything else is refused. The sandbox is no server for a network.
    package var host = "127.0.0.1"
    /// 0 takes any free port.
    package var port = 0
    package var tls = true
    /// Where the certificate of the sandbox's own authority goes, as PEM. It is made anew at each start.
    package var caFile: String?
    /// Where `CredentialDirectory` writes what the clients of this sandbox need.
    package var credentialDirectory: String?
    package var consumers: [Consumer] = []
    package var tokens: [Token] = []
    /// Whether there is something to read from the start: a home with a year of bills for each of the first two home
    /// users, meters for data-only users, a portfolio for the developer.
    package var hasSamples = false
    /// How far a timestamp may be off, either way.
    package var timestampWindow: Duration = .seconds(300)
    package var signatureMethods: Set<SignatureMethod> = [.hmacSHA1]
    /// How long a person may take from request_token to access_token.
    package var temporaryCredentialLifetime: Duration = .seconds(600)
    package var limits = Limits()
    package var logger = Logger(label: "sandbox")
    /// Seconds since 1970.
    package var now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970) }
    /// Called for every answered request, on any thread, before the answer leaves.
    package var onVerdict: @Sendable (VerdictRecord) -> Void = { _ in }

    package init() {}

    /// One consumer, the developer's token and one token for each home user and each data-only user.
    ///
    /// Credentials that an earlier run left in `credentialDirectory` are used again, so that clients stay
    /// provisioned; whatever is missing is made at random.
    package static func seeded(
        homeUsers: [String] = ["alice"], dataUsers: [String] = [], credentialDirectory: String? = nil
    ) throws(SandboxError) -> SandboxConfiguration {
        var configuration = SandboxConfiguration()
        configuration.credentialDirectory = credentialDirectory
        let directory = credentialDirectory.map(CredentialDirectory.init)
        let consumer =
            try directory?.consumer()
            ?? Consumer(
                key: TokenPair.randomHexadecimal().expose { String(decoding: $0, as: UTF8.self) },
                secret: TokenPair.randomHexadecimal())
        configuration.consumers = [consumer]
        let users: [(String, AccountKind)] =
            [(CredentialDirectory.developer, .developer)] + homeUsers.map { ($0, .home) }
            + dataUsers.map { ($0, .data) }
        for (username, kind) in users {
            let pair = try directory?.pair(of: username) ?? .random()
            configuration.tokens.append(
                Token(pair: pair, consumerKey: consumer.key, username: username, kind: kind))
        }
        return configuration
    }
}

extension SandboxConfiguration {
    /// The service as it is at the start.
    func simulator() -> Simulator {
        var policy = OAuthProvider.Policy()
        policy.timestampWindow = timestampWindow.components.seconds
        policy.signatureMethods = signatureMethods
        policy.nonceCapacity = limits.nonceCapacity
        policy.temporaryLifetime = temporaryCredentialLifetime.components.seconds
        var simulator = Simulator(provider: OAuthProvider(policy: policy), world: HomeWorld())
        for consumer in consumers {
            simulator.provider.addConsumer(key: Array(consumer.key.utf8), secret: consumer.secret)
        }
        for token in tokens {
            simulator.provider.grant(token.pair, to: token.username, through: Array(token.consumerKey.utf8))
            simulator.world.addAccount(token.username, kind: token.kind)
        }
        if hasSamples { simulator.addSamples() }
        return simulator
    }

    func validate() throws(SandboxError) {
        guard host == "localhost" || host == "::1" || host.hasPrefix("127.") else { throw .notLoopback(host) }
        guard (0...65535).contains(port) else { throw .badPort(port) }
        guard timestampWindow >= .zero else { throw .badTimestampWindow(timestampWindow) }
        for token in tokens where !CredentialDirectory.isSafeName(token.username) {
            throw .badUsername(token.username)
        }
        let names = tokens.map(\.username)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) { throw .repeatedUsername(twice) }
    }
}
