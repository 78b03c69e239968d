// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

/// A credential on its way into a home user's row.
struct NewCredential {
    let token: Secret
    let tokenSecret: Secret
    let consumer: Int64
    /// The token was issued under it.
    let consumerVersion: Int
    let isDeveloper: Bool
    /// Identifier of the authorization that it came from.
    var session: String?
}

extension StoreTransaction {
    /// Seals the credential and makes the home user active; creates it if need be. Settles a reservation, and ends the other
    /// authorizations of the user: they were begun against what is now replaced.
    mutating func storeCredential(
        _ new: NewCredential, of name: HomeUserName, tenant: TenantRow, existing: HomeUserRow?
    ) throws -> HomeUser {
        try limits.check(new.token, called: "token")
        try limits.check(new.tokenSecret, called: "token secret")
        let tenantKey = try openKey(of: tenant)
        let key = try userKey(of: name, in: tenant.tenant.name, existing: existing, under: tenantKey)
        let version = (existing?.credentialVersion ?? 0) + 1
        let sealed = try SealedToken.seal(
            token: new.token, secret: new.tokenSecret, of: .homeUser(name, in: tenant.tenant.name), version: version,
            under: key.wrapped.key)
        try store(new, of: name, under: key, sealed, version: version, tenant: tenant.id)
        try dropSessions(of: name, in: tenant, except: new.session)
        if let existing {
            try execute("DELETE FROM reservation WHERE home_user = ?", [existing.id])
            try pruneVersions(of: existing.consumer)
            if existing.sealedToken != nil { erasesKeys = true }
        }
        return try noteHomeUser(name, of: tenant, under: tenantKey)
    }

    typealias UserKey = (wrapped: WrappedKey, version: Int)

    /// A home user keeps its key for life: more than the credential may be sealed under it. A lost one is replaced.
    func userKey(
        of name: HomeUserName, in tenant: TenantName, existing: HomeUserRow?, under tenantKey: SealingKey
    ) throws -> UserKey {
        if let existing, let bytes = existing.wrappedKey, let key = existing.openKey(in: tenant, under: tenantKey) {
            return (WrappedKey(key: key, bytes: bytes), existing.keyVersion)
        }
        let version = (existing?.keyVersion ?? 0) + 1
        let key = SealingKey.random()
        let context = SealedSubject.homeUser(name, in: tenant).context(.key, version: version)
        let bytes = try sealing { () throws(SealError) in try tenantKey.wrap(key, for: context) }
        return (WrappedKey(key: key, bytes: bytes), version)
    }

    private func store(
        _ new: NewCredential, of name: HomeUserName, under key: UserKey, _ sealed: SealedToken, version: Int,
        tenant: Int64
    ) throws {
        try execute(
            """
            INSERT INTO home_user (
                tenant, name, consumer, consumer_version, is_developer, state, reason, since, created,
                key_version, wrapped_key, credential_version, sealed_token, sealed_token_secret)
            VALUES (?, ?, ?, ?, ?, 'active', NULL, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant, name) DO UPDATE SET
                consumer = excluded.consumer, consumer_version = excluded.consumer_version,
                is_developer = excluded.is_developer, state = excluded.state, reason = NULL, since = excluded.since,
                key_version = excluded.key_version, wrapped_key = excluded.wrapped_key,
                credential_version = excluded.credential_version, sealed_token = excluded.sealed_token,
                sealed_token_secret = excluded.sealed_token_secret
            """,
            [
                tenant, name.rawValue, new.consumer, new.consumerVersion, new.isDeveloper, now, now, key.version,
                Data(key.wrapped.bytes), version, Data(sealed.token), Data(sealed.secret),
            ])
    }

    /// Reads the row back, so that the snapshot shows what is stored.
    mutating func noteHomeUser(
        _ name: HomeUserName, of tenant: TenantRow, under tenantKey: SealingKey
    ) throws -> HomeUser {
        let user = try requiredHomeUser(name, of: tenant)
        guard let row = try row("SELECT * FROM consumer WHERE id = ?", [user.consumer]) else {
            throw CustodyError.tampered(what: "home user \(name) of tenant \(tenant.tenant.name) has no consumer")
        }
        let consumer = try ConsumerRow(row)
        let credential = try user.consumerVersion.flatMap { try consumerVersion($0, of: consumer) }?
            .open(of: consumer.name, in: tenant.tenant.name, under: tenantKey)
        let access = user.access(
            in: tenant.tenant.name, consumer: consumer.name, credential: credential, under: tenantKey)
        changes.append(.homeUser(access))
        return access.user
    }
}
