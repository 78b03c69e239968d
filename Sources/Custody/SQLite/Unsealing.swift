// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

// From rows to what the hot path reads. What does not open leaves its owner without a credential, and nobody else.

extension ConsumerVersionRow {
    /// Nil if the sealed secret does not open.
    func open(of consumer: ConsumerName, in tenant: TenantName, under tenantKey: SealingKey) -> ConsumerCredential? {
        guard let secret = try? sealed.open(of: consumer, in: tenant, version: version, under: tenantKey) else {
            return nil
        }
        return ConsumerCredential(key: key, secret: secret)
    }
}

/// One version of a consumer, opened.
struct ConsumerCredential {
    let key: String
    let secret: Secret
}

extension HomeUserRow {
    /// - Parameter credential: Of the consumer version that the row refers to, if it opened.
    func access(
        in tenant: TenantName, consumer: ConsumerName, credential: ConsumerCredential?, under tenantKey: SealingKey
    ) -> HomeUserAccess {
        func user(_ state: HomeUserState, _ reason: String?) -> HomeUser {
            HomeUser(
                tenant: tenant, name: name, consumer: consumer, isDeveloper: isDeveloper, state: state, reason: reason,
                since: since, created: created, credentialVersion: credentialVersion,
                upstreamUsername: upstreamUsername, upstreamID: upstreamID,
                hasCredential: sealedToken != nil)
        }
        let key = openKey(in: tenant, under: tenantKey)
        func access(_ user: HomeUser, _ credential: HomeUserCredential? = nil) -> HomeUserAccess {
            HomeUserAccess(user: user, credential: credential, keyIdentifier: key?.identifier)
        }
        guard state.isUsable else { return access(user(state, reason)) }
        guard let credential else { return access(user(.suspect, "sealed consumer secret does not open")) }
        guard let opened = openToken(in: tenant, under: key) else {
            return access(user(.suspect, "sealed credential does not open"))
        }
        return access(
            user(state, reason),
            HomeUserCredential(
                consumerKey: credential.key, consumerSecret: credential.secret, token: opened.token,
                tokenSecret: opened.secret))
    }

    /// The home user's key; nil if it was destroyed or does not open.
    func openKey(in tenant: TenantName, under tenantKey: SealingKey) -> SealingKey? {
        guard let wrappedKey else { return nil }
        let context = SealedSubject.homeUser(name, in: tenant).context(.key, version: keyVersion)
        return try? tenantKey.unwrap(wrappedKey, for: context)
    }

    private func openToken(in tenant: TenantName, under key: SealingKey?) -> (token: Secret, secret: Secret)? {
        guard let sealedToken, let key else { return nil }
        return try? sealedToken.open(
            of: SealedSubject.homeUser(name, in: tenant), version: credentialVersion, under: key)
    }
}
