// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

/// What comes in with an import.
struct HomeUserImport {
    let name: HomeUserName
    let tenant: TenantName
    let consumer: ConsumerName
    let token: Secret
    let tokenSecret: Secret
    let isDeveloper: Bool
    let replacing: Bool
}

extension StoreTransaction {
    mutating func importHomeUser(_ new: HomeUserImport) throws -> HomeUser {
        try limits.check(new.token, called: "token")
        try limits.check(new.tokenSecret, called: "token secret")
        let tenant = try tenant(new.tenant)
        let consumer = try consumer(new.consumer, of: tenant)
        let existing = try homeUser(new.name, of: tenant)
        try checkRoom(for: new, existing: existing)
        let tenantKey = try openKey(of: tenant)
        let key = try userKey(of: new, existing: existing, under: tenantKey)
        let version = (existing?.credentialVersion ?? 0) + 1
        let sealed = try SealedToken.seal(
            token: new.token, secret: new.tokenSecret, of: .homeUser(new.name, in: new.tenant), version: version,
            under: key.wrapped.key)
        try store(new, under: key, sealed, version: version, tenant: tenant.id, consumer: consumer)
        if let existing {
            try pruneVersions(of: existing.consumer)
            erasesKeys = true
        }
        return try noteHomeUser(new.name, of: tenant, under: tenantKey)
    }

    mutating func setState(
        _ state: HomeUserState, reason: String?, of name: HomeUserName, in tenantName: TenantName
    ) throws -> HomeUser {
        try limits.check(reason: reason)
        let tenant = try tenant(tenantName)
        let user = try requiredHomeUser(name, of: tenant)
        guard user.state.mayBecome(state) else {
            throw CustodyError.invalid(reason: refusal(of: state, for: user, in: tenantName))
        }
        try execute(
            "UPDATE home_user SET state = ?, reason = ?, since = ? WHERE id = ?",
            [state.rawValue, reason, state == user.state ? user.since : now, user.id])
        if !state.keepsCredential { try eraseCredential(of: user, withKey: state == .destroyed) }
        return try noteHomeUser(name, of: tenant, under: try openKey(of: tenant))
    }

    mutating func removeHomeUser(_ name: HomeUserName, in tenantName: TenantName) throws {
        let user = try requiredHomeUser(name, of: try tenant(tenantName))
        try execute("DELETE FROM home_user WHERE id = ?", [user.id])
        try pruneVersions(of: user.consumer)
        changes.append(.homeUserRemoved(name, tenantName))
        erasesKeys = true
    }

    private func requiredHomeUser(_ name: HomeUserName, of tenant: TenantRow) throws -> HomeUserRow {
        guard let user = try homeUser(name, of: tenant) else {
            throw CustodyError.notFound(kind: .homeUser, name: name.rawValue)
        }
        return user
    }

    private func checkRoom(for new: HomeUserImport, existing: HomeUserRow?) throws {
        if let existing {
            guard new.replacing else { throw CustodyError.alreadyExists(kind: .homeUser, name: new.name.rawValue) }
            // Somebody froze this user on purpose; a new token from a flow that was already running is no thaw.
            guard existing.state != .frozen else {
                throw CustodyError.invalid(
                    reason: "Home user \(new.name) is frozen. Thaw it first with "
                        + "`wego-gateway user thaw \(new.name) --tenant \(new.tenant)`.")
            }
            return
        }
        guard try count("SELECT count(*) FROM home_user") < limits.maximumHomeUsers else {
            throw CustodyError.limitReached(
                reason: "The store holds \(limits.maximumHomeUsers) home users, which is its limit. "
                    + "Remove those that are no longer needed with `wego-gateway user rm NAME --tenant TENANT`.")
        }
    }

    /// A home user keeps its key for life: more than the credential may be sealed under it. A lost one is replaced.
    private func userKey(
        of new: HomeUserImport, existing: HomeUserRow?, under tenantKey: SealingKey
    ) throws -> UserKey {
        if let existing, let bytes = existing.wrappedKey,
            let key = existing.openKey(in: new.tenant, under: tenantKey)
        {
            return (WrappedKey(key: key, bytes: bytes), existing.keyVersion)
        }
        let version = (existing?.keyVersion ?? 0) + 1
        let key = SealingKey.random()
        let context = SealedSubject.homeUser(new.name, in: new.tenant).context(.key, version: version)
        let bytes = try sealing { () throws(SealError) in try tenantKey.wrap(key, for: context) }
        return (WrappedKey(key: key, bytes: bytes), version)
    }

    private mutating func eraseCredential(of user: HomeUserRow, withKey: Bool) throws {
        try execute(
            """
            UPDATE home_user SET sealed_token = NULL, sealed_token_secret = NULL, consumer_version = NULL,
            wrapped_key = CASE WHEN ? THEN NULL ELSE wrapped_key END WHERE id = ?
            """, [withKey, user.id])
        try pruneVersions(of: user.consumer)
        erasesKeys = true
    }

    private func refusal(of state: HomeUserState, for user: HomeUserRow, in tenant: TenantName) -> String {
        let sentence = "Home user \(user.name) is \(user.state.rawValue) and cannot become \(state.rawValue). "
        return sentence
            + (user.state == .frozen
                ? "Thaw it first with `wego-gateway user thaw \(user.name) --tenant \(tenant)`."
                : "Its credential is erased; import a new one with `wego-gateway user import \(user.name) --replace`.")
    }

    private typealias UserKey = (wrapped: WrappedKey, version: Int)

    private func store(
        _ new: HomeUserImport, under key: UserKey, _ sealed: SealedToken, version: Int, tenant: Int64,
        consumer: ConsumerRow
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
                tenant, new.name.rawValue, consumer.id, consumer.version, new.isDeveloper, now, now, key.version,
                Data(key.wrapped.bytes), version, Data(sealed.token), Data(sealed.secret),
            ])
    }

    /// Reads the row back, so that the snapshot shows what is stored.
    private mutating func noteHomeUser(
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
