// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets

/// The redirection-based flow (RFC 5849, 2): temporary credentials, consent, token credentials.
extension OAuthProvider {
    /// Step 1. `pair` becomes the temporary credential; `formValue` guards its consent form.
    mutating func issueTemporaryCredential(
        _ pair: TokenPair, formValue: Secret, for request: SandboxRequest, now: Int64
    ) throws(OAuthProblem) {
        let (header, consumer) = try signer(of: request, requiring: ["oauth_callback"])
        guard header.token ?? [] == [] else { throw .parameterRejected("oauth_token has no place here yet") }
        guard let callback = Callback(header.callback ?? []) else {
            throw .parameterRejected("oauth_callback must be an absolute http or https URL or oob")
        }
        try prove(header, of: request, by: consumer, tokenSecret: nil, now: now)
        temporary.insert(
            TemporaryCredential(
                consumerKey: consumer.key, secret: pair.secret, callback: callback, formValue: formValue,
                expiry: now + temporary.lifetime),
            token: pair.token.expose { Array($0) }, now: now)
    }

    /// What the consent page is about.
    func pendingConsent(_ token: [UInt8], now: Int64) throws(OAuthProblem) -> TemporaryCredential {
        guard let credential = temporary[token] else { throw .tokenRejected }
        guard credential.expiry > now else { throw .tokenExpired }
        guard case .pending = credential.state else { throw .tokenUsed }
        return credential
    }

    /// Step 2, pressed "Allow".
    mutating func allow(_ token: [UInt8], as username: String, verifier: Secret) {
        temporary[token]?.state = .allowed(username: username, verifier: verifier)
    }

    /// Step 2, pressed "Deny".
    mutating func deny(_ token: [UInt8]) {
        temporary[token]?.state = .denied
    }

    /// Step 3. `pair` becomes the user's token. Returns the user's name.
    mutating func exchange(
        _ request: SandboxRequest, for pair: TokenPair, now: Int64
    ) throws(OAuthProblem) -> String {
        let (header, consumer) = try signer(of: request, requiring: ["oauth_token", "oauth_verifier"])
        let token = header.token ?? []
        guard let credential = temporary[token], credential.consumerKey == consumer.key else { throw .tokenRejected }
        guard credential.expiry > now else { throw .tokenExpired }
        try prove(header, of: request, by: consumer, tokenSecret: credential.secret, now: now)
        switch credential.state {
        case .pending: throw .permissionUnknown
        case .denied: throw .permissionDenied
        case .used: throw .tokenUsed
        case .allowed(let username, let verifier):
            guard Secret(header.verifier ?? []).isEqual(to: verifier) else { throw .verifierInvalid }
            temporary[token]?.state = .used
            grant(pair, to: username, through: consumer.key)
            return username
        }
    }
}
