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
    }

    /// Whom a token speaks for.
    struct Grant: Sendable {
        let username: String
        let consumerKey: [UInt8]
        let secret: Secret
    }

    let policy: Policy
    private var consumers: [[UInt8]: Secret] = [:]
    /// By digest: a look-up then takes no time that depends on how much of a token was guessed.
    private var grants: [SHA256Digest: Grant] = [:]
    private var nonces: NonceMemory

    init(policy: Policy = Policy()) {
        self.policy = policy
        nonces = NonceMemory(capacity: policy.nonceCapacity)
    }

    mutating func addConsumer(key: [UInt8], secret: Secret) { consumers[key] = secret }

    mutating func grant(_ pair: TokenPair, to username: String, through consumerKey: [UInt8]) {
        let digest = pair.token.expose { SHA256.hash(data: $0) }
        grants[digest] = Grant(username: username, consumerKey: consumerKey, secret: pair.secret)
    }

    mutating func revokeGrants(of username: String) {
        grants = grants.filter { $0.value.username != username }
    }
}

extension OAuthProvider {
    /// The checks in the order in which a client can make sense of them: form, parties, time, signature, and the
    /// nonce last, because only a valid signature may claim one.
    mutating func verify(_ request: SandboxRequest, now: Int64) throws(OAuthProblem) -> Grant {
        let header = try authorization(of: request)
        try checkForm(header)
        guard let consumerKey = header.consumerKey, let consumerSecret = consumers[consumerKey] else {
            throw .consumerKeyUnknown
        }
        guard let token = header.token, let grant = grants[SHA256.hash(data: token)], grant.consumerKey == consumerKey
        else { throw .tokenRejected }
        try checkTimestamp(header, now: now)
        let (uri, parameters) = try signedParts(of: request)
        guard
            SignatureCheck.verify(
                method: Array(request.method.utf8), uri: uri, queryAndFormParameters: parameters, header: header,
                consumerSecret: consumerSecret, tokenSecret: grant.secret)
        else { throw .signatureInvalid }
        if SignatureCheck.bodyHashMatches(request.body, header: header) == false { throw .bodyHashInvalid }
        try claimNonce(header, consumerKey: consumerKey, token: token, now: now)
        return grant
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

    private func checkForm(_ header: AuthorizationHeader) throws(OAuthProblem) {
        if let version = header.version, !version.elementsEqual("1.0".utf8) { throw .versionRejected }
        var required = ["oauth_consumer_key", "oauth_token", "oauth_signature_method", "oauth_signature"]
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
