// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import OAuth1
import Secrets

/// The server's half of OAuth 1.0 (RFC 5849, 3.2): who may sign, and whether a request is signed.
struct OAuthProvider: Sendable {
    struct Policy: Sendable {
        /// Seconds a timestamp may be off, either way.
        var timestampWindow: Int64 = 300
        var signatureMethods: Set<SignatureMethod> = [.hmacSHA1]
        /// Entries of the nonce memory.
        var nonceCapacity = 1_000_000
        /// Seconds a temporary credential may wait for its consent and its exchange.
        var temporaryLifetime: Int64 = 600
        /// Temporary credentials that may wait at once.
        var temporaryCapacity = 10_000
    }

    /// Whom a token speaks for.
    struct Grant: Sendable {
        let username: String
        let consumerKey: [UInt8]
        let secret: Secret
    }

    /// Ended tokens that are remembered; a few more, and they are all as good as never granted.
    static let revokedCapacity = 100_000

    let policy: Policy
    private(set) var consumers: [[UInt8]: Secret] = [:]
    /// By digest: a look-up then takes no time that depends on how much of a token was guessed.
    private var grants: [SHA256Digest: Grant] = [:]
    /// The consumers of tokens that were good once.
    private var revoked: [SHA256Digest: [UInt8]] = [:]
    private var nonces: NonceMemory
    var temporary: TemporaryCredentials

    init(policy: Policy = Policy()) {
        self.policy = policy
        nonces = NonceMemory(capacity: policy.nonceCapacity)
        temporary = TemporaryCredentials(capacity: policy.temporaryCapacity, lifetime: policy.temporaryLifetime)
    }

    mutating func addConsumer(key: [UInt8], secret: Secret) { consumers[key] = secret }

    mutating func grant(_ pair: TokenPair, to username: String, through consumerKey: [UInt8]) {
        let digest = pair.token.expose { SHA256.hash(data: $0) }
        revoked[digest] = nil
        grants[digest] = Grant(username: username, consumerKey: consumerKey, secret: pair.secret)
    }

    /// Returns how many tokens ended.
    @discardableResult
    mutating func revokeGrants(of username: String) -> Int {
        if revoked.count > Self.revokedCapacity { revoked.removeAll() }
        let ending = grants.filter { $0.value.username == username }
        for (digest, grant) in ending {
            grants[digest] = nil
            revoked[digest] = grant.consumerKey
        }
        return ending.count
    }

    func grantCount(of username: String) -> Int { grants.values.count { $0.username == username } }

    /// Whose token a request names, whether or not its signature is any good.
    func claimedUser(of request: SandboxRequest) -> String? {
        guard let value = request.authorization.first, let header = try? AuthorizationHeader.parse(value.utf8),
            let token = header.token
        else { return nil }
        return grants[SHA256.hash(data: token)]?.username
    }
}

extension OAuthProvider {
    /// The checks in the order in which a client can make sense of them: form, parties, time, signature, and the
    /// nonce last, because only a valid signature may claim one.
    mutating func verify(_ request: SandboxRequest, now: Int64) throws(OAuthProblem) -> Grant {
        let (header, consumer) = try signer(of: request, requiring: ["oauth_token"])
        let token = header.token ?? []
        let digest = SHA256.hash(data: token)
        guard let grant = grants[digest], grant.consumerKey == consumer.key else {
            throw revoked[digest] == consumer.key ? .tokenRevoked : .tokenRejected
        }
        try prove(header, of: request, by: consumer, tokenSecret: grant.secret, now: now)
        return grant
    }

    /// The well-formed header of a request and the consumer it names.
    func signer(
        of request: SandboxRequest, requiring parameters: [String]
    ) throws(OAuthProblem) -> (header: AuthorizationHeader, consumer: (key: [UInt8], secret: Secret)) {
        let header = try authorization(of: request)
        try checkForm(header, requiring: parameters)
        guard let key = header.consumerKey, let secret = consumers[key] else { throw .consumerKeyUnknown }
        return (header, (key, secret))
    }

    /// Time, signature and nonce: what shows that the parties named are the parties that signed.
    mutating func prove(
        _ header: AuthorizationHeader, of request: SandboxRequest, by consumer: (key: [UInt8], secret: Secret),
        tokenSecret: Secret?, now: Int64
    ) throws(OAuthProblem) {
        try checkTimestamp(header, now: now)
        let (uri, parameters) = try signedParts(of: request)
        guard
            SignatureCheck.verify(
                method: Array(request.method.utf8), uri: uri, queryAndFormParameters: parameters, header: header,
                consumerSecret: consumer.secret, tokenSecret: tokenSecret)
        else { throw .signatureInvalid }
        if SignatureCheck.bodyHashMatches(request.body, header: header) == false { throw .bodyHashInvalid }
        try claimNonce(header, consumerKey: consumer.key, token: header.token ?? [], now: now)
    }

    /// The service takes the scheme in this spelling only, though RFC 7235 makes its letter case irrelevant.
    private func authorization(of request: SandboxRequest) throws(OAuthProblem) -> AuthorizationHeader {
        guard let value = request.authorization.first else { throw .parameterAbsent([]) }
        guard request.authorization.count == 1 else { throw .parameterRejected("more than one Authorization header") }
        guard value.hasPrefix("OAuth ") else { throw .parameterAbsent([]) }
        do throws(AuthorizationHeaderError) {
            return try AuthorizationHeader.parse(value.utf8)
        } catch {
            throw .parameterRejected(error.explanation)
        }
    }

    private func checkForm(
        _ header: AuthorizationHeader, requiring parameters: [String]
    ) throws(OAuthProblem) {
        if let version = header.version, !version.elementsEqual("1.0".utf8) { throw .versionRejected }
        var required = ["oauth_consumer_key", "oauth_signature_method", "oauth_signature"] + parameters
        // PLAINTEXT proves nothing about freshness, so RFC 5849, 3.1 lets it go without.
        if header.signatureMethod != .plaintext { required += ["oauth_timestamp", "oauth_nonce"] }
        let absent = required.filter { (header.value($0) ?? []).isEmpty }
        guard absent.isEmpty else { throw .parameterAbsent(absent) }
        guard let method = header.signatureMethod, policy.signatureMethods.contains(method) else {
            throw .signatureMethodRejected
        }
    }

    private func checkTimestamp(_ header: AuthorizationHeader, now: Int64) throws(OAuthProblem) {
        guard header.value("oauth_timestamp") != nil else { return }
        guard let timestamp = header.timestamp else {
            throw .parameterRejected("oauth_timestamp must be whole seconds since 1970")
        }
        let acceptable = (now - policy.timestampWindow)...(now + policy.timestampWindow)
        guard acceptable.contains(timestamp) else { throw .timestampRefused(acceptable: acceptable) }
    }

    private func signedParts(of request: SandboxRequest) throws(OAuthProblem) -> (BaseStringURI, [Parameter]) {
        guard let (host, port) = request.hostAndPort,
            let uri = BaseStringURI(scheme: request.scheme, host: host, port: port, path: Array(request.path.utf8))
        else { throw .parameterRejected("the Host header does not name a host") }
        guard var parameters = FormEncoding.parse(request.query.utf8) else {
            throw .parameterRejected("the query holds a bad percent escape")
        }
        if request.hasFormBody {
            guard let form = FormEncoding.parse(request.body) else {
                throw .parameterRejected("the form body holds a bad percent escape")
            }
            parameters += form
        }
        guard !parameters.contains(where: { $0.name.starts(with: "oauth_".utf8) }) else {
            throw .parameterRejected("protocol parameters belong in the Authorization header only")
        }
        return (uri, parameters)
    }

    private mutating func claimNonce(
        _ header: AuthorizationHeader, consumerKey: [UInt8], token: [UInt8], now: Int64
    ) throws(OAuthProblem) {
        guard let timestamp = header.timestamp, let nonce = header.nonce else { return }
        nonces.prune(before: now - policy.timestampWindow)
        switch nonces.remember(consumerKey: consumerKey, token: token, nonce: nonce, timestamp: timestamp) {
        case .fresh: return
        case .used: throw .nonceUsed
        case .forgotten: throw .timestampRefused(acceptable: now...(now + policy.timestampWindow))
        }
    }
}
