// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

// A new credential is tried with the old one at hand. The kept one is the last that was confirmed: a second replacement
// before the first is confirmed does not change it.

extension StoreTransaction {
    mutating func connectHomeUser(_ session: OAuthSession, token: Secret, tokenSecret: Secret) throws -> HomeUser {
        let tenant = try tenant(session.tenant)
        let consumer = try consumer(session.consumer, of: tenant)
        let known = try count("SELECT count(*) FROM oauth_session WHERE identifier = ?", [session.identifier])
        guard known > 0, try consumerVersion(session.consumerVersion, of: consumer) != nil else {
            throw CustodyError.notFound(kind: .authorization, name: session.user.rawValue)
        }
        let existing = try homeUser(session.user, of: tenant)
        let credential = NewCredential(
            token: token, tokenSecret: tokenSecret, consumer: consumer.id, consumerVersion: session.consumerVersion,
            isDeveloper: existing?.isDeveloper ?? false, session: session.identifier)
        return try replace(with: credential, of: session.user, tenant: tenant, existing: existing)
    }

    mutating func replaceCredential(
        of name: HomeUserName, in tenantName: TenantName, token: Secret, tokenSecret: Secret
    ) throws -> HomeUser {
        let tenant = try tenant(tenantName)
        let user = try requiredHomeUser(name, of: tenant)
        let consumer = try consumer(id: user.consumer)
        let credential = NewCredential(
            token: token, tokenSecret: tokenSecret, consumer: consumer.id, consumerVersion: consumer.version,
            isDeveloper: user.isDeveloper)
        return try replace(with: credential, of: name, tenant: tenant, existing: user)
    }

    private mutating func replace(
        with credential: NewCredential, of name: HomeUserName, tenant: TenantRow, existing: HomeUserRow?
    ) throws -> HomeUser {
        try checkRoom(for: name, in: tenant.tenant.name, existing: existing)
        if let existing { try keepCredential(of: existing) }
        let user = try storeCredential(credential, of: name, tenant: tenant, existing: existing)
        if existing == nil {
            try execute(
                """
                INSERT INTO previous_credential (home_user, since, consumer, credential_version)
                SELECT id, since, consumer, 0 FROM home_user WHERE tenant = ? AND name = ?
                """, [tenant.id, name.rawValue])
        }
        return user
    }

    private func keepCredential(of user: HomeUserRow) throws {
        try execute(
            """
            INSERT INTO previous_credential (
                home_user, state, reason, since, consumer, consumer_version, credential_version,
                sealed_token, sealed_token_secret)
            SELECT id, state, reason, since, consumer, consumer_version, credential_version,
                sealed_token, sealed_token_secret FROM home_user WHERE id = ?
            ON CONFLICT (home_user) DO NOTHING
            """, [user.id])
    }

    mutating func confirmCredential(
        of name: HomeUserName, in tenantName: TenantName, version: Int, account: UpstreamAccount
    ) throws -> HomeUser {
        try limits.check(label: account.id, called: "user id")
        try limits.check(label: account.username, called: "user name")
        let tenant = try tenant(tenantName)
        let user = try requiredHomeUser(name, of: tenant)
        if user.credentialVersion == version, try previousCredential(of: user) != nil {
            try dropPreviousCredential(of: user)
            try execute(
                """
                UPDATE home_user SET upstream_id = coalesce(?, upstream_id),
                upstream_username = coalesce(?, upstream_username) WHERE id = ?
                """, [account.id, account.username, user.id])
        }
        return try noteHomeUser(name, of: tenant, under: try openKey(of: tenant))
    }

    mutating func revertCredential(
        of name: HomeUserName, in tenantName: TenantName, version: Int
    ) throws -> HomeUser? {
        let tenant = try tenant(tenantName)
        let user = try requiredHomeUser(name, of: tenant)
        let tenantKey = try openKey(of: tenant)
        guard user.credentialVersion == version, let previous = try previousCredential(of: user) else {
            return try noteHomeUser(name, of: tenant, under: tenantKey)
        }
        guard let state = previous.state, state.keepsCredential || user.state != .frozen else {
            return try giveUp(user, of: tenant)
        }
        let isHeldBack = user.state == .frozen || user.state == .unknown
        try bringBack(previous, in: isHeldBack ? nil : state, user, of: tenant, under: tenantKey)
        try dropPreviousCredential(of: user)
        try pruneVersions(of: user.consumer)
        erasesKeys = true
        return try noteHomeUser(name, of: tenant, under: tenantKey)
    }

    /// There is nothing to go back to. A freeze outlives the credential it was meant for.
    private mutating func giveUp(_ user: HomeUserRow, of tenant: TenantRow) throws -> HomeUser? {
        if user.state == .frozen {
            return try setState(
                .revoked, reason: "the new credential did not work", of: user.name, in: tenant.tenant.name)
        }
        try deleteHomeUser(user, of: tenant)
        return nil
    }

    /// Seals the kept pair anew: a version number is never used twice, or an older row would open in a newer one's place.
    private func bringBack(
        _ previous: PreviousCredentialRow, in state: HomeUserState?, _ user: HomeUserRow, of tenant: TenantRow,
        under tenantKey: SealingKey
    ) throws {
        let subject = SealedSubject.homeUser(user.name, in: tenant.tenant.name)
        let version = user.credentialVersion + 1
        var sealed: SealedToken?
        if let old = previous.sealedToken, let key = user.openKey(in: tenant.tenant.name, under: tenantKey),
            let pair = try? old.open(of: subject, version: previous.credentialVersion, under: key)
        {
            sealed = try SealedToken.seal(
                token: pair.token, secret: pair.secret, of: subject, version: version, under: key)
        } else {
            // What does not open stays as it is, and shows as such.
            sealed = previous.sealedToken
        }
        let destroysKey = state == .destroyed
        try execute(
            """
            UPDATE home_user SET consumer = ?, consumer_version = ?, credential_version = ?, sealed_token = ?,
            sealed_token_secret = ?, wrapped_key = CASE WHEN ? THEN NULL ELSE wrapped_key END WHERE id = ?
            """,
            [
                previous.consumer, previous.consumerVersion, version, sealed.map { Data($0.token) },
                sealed.map { Data($0.secret) }, destroysKey, user.id,
            ])
        guard let state else { return }
        try execute(
            "UPDATE home_user SET state = ?, reason = ?, since = ? WHERE id = ?",
            [state.rawValue, previous.reason, previous.since, user.id])
    }

    private func previousCredential(of user: HomeUserRow) throws -> PreviousCredentialRow? {
        try row("SELECT * FROM previous_credential WHERE home_user = ?", [user.id])
            .map { try PreviousCredentialRow($0, of: user.name) }
    }

    mutating func dropPreviousCredential(of user: HomeUserRow) throws {
        guard let previous = try previousCredential(of: user) else { return }
        try execute("DELETE FROM previous_credential WHERE home_user = ?", [user.id])
        try pruneVersions(of: previous.consumer)
        erasesKeys = true
    }

    func unconfirmedHomeUsers() throws -> [(tenant: TenantName, name: HomeUserName)] {
        try rows(
            """
            SELECT t.name AS tenant, u.name AS name FROM previous_credential p JOIN home_user u ON u.id = p.home_user
            JOIN tenant t ON t.id = u.tenant ORDER BY t.name, u.name
            """, []
        ).map { (try $0.name("tenant", of: "a tenant"), try $0.name("name", of: "a home user")) }
    }
}
