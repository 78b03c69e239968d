// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import Foundation
import GRDB
import Secrets

extension StoreTransaction {
    mutating func addSession(_ new: NewOAuthSession) throws -> OAuthSession {
        try limits.check(new)
        let tenant = try tenant(new.tenant)
        let consumer = try consumer(new.consumer, of: tenant)
        guard try consumerVersion(new.consumerVersion, of: consumer) != nil else {
            throw CustodyError.invalid(
                reason: "Consumer \(new.consumer) was given a new key meanwhile. Begin the authorization again.")
        }
        _ = try sweepSessions()
        try checkRoomForSession(of: new.user, in: new.tenant)
        try dropEndedSessions(of: tenant)
        let digest = TokenDigest(of: new.token)
        guard try count("SELECT count(*) FROM oauth_session WHERE token_digest = ?", [digest.data]) == 0 else {
            throw CustodyError.alreadyExists(kind: .authorization, name: new.user.rawValue)
        }
        let identifier = randomIdentifier()
        let context = Self.context(of: identifier, in: new.tenant)
        let tenantKey = try openKey(of: tenant)
        let sealed = try sealing { () throws(SealError) in try tenantKey.seal(new.tokenSecret, for: context) }
        try execute(
            """
            INSERT INTO oauth_session (
                identifier, token_digest, tenant, user, consumer, consumer_version, mode, return_to, created, expires,
                sealed_secret)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                identifier, digest.data, tenant.id, new.user.rawValue, consumer.id, new.consumerVersion,
                new.mode.rawValue, new.returnTo, now, now + new.lifetime, Data(sealed),
            ])
        guard let row = try sessionRow(of: digest) else { preconditionFailure("the session was just stored") }
        return row.session
    }

    /// Changes nothing.
    func lookUp(_ wanted: WantedSession) throws -> SessionLookUp {
        guard let row = try sessionRow(of: TokenDigest(of: wanted.token)), wanted.means(row.session) else {
            return .notThere(.unknown)
        }
        guard let sealed = row.sealedSecret else { return .notThere(.alreadyUsed(row.session)) }
        guard row.session.expires > now else { return .notThere(.expired(row.session)) }
        return .there(row, sealed: sealed)
    }

    mutating func take(_ wanted: WantedSession) throws -> OAuthSessionTaking {
        switch try lookUp(wanted) {
        case .notThere(let taking): return taking
        case .there(let row, let sealed):
            try execute("UPDATE oauth_session SET sealed_secret = NULL WHERE id = ?", [row.id])
            return try open(row, sealed, token: wanted.token)
        }
    }

    private func open(
        _ row: OAuthSessionRow, _ sealed: [UInt8], token: Secret
    ) throws -> OAuthSessionTaking {
        let session = row.session
        let tenantKey = try openKey(of: try tenant(id: row.tenant))
        let version = try consumerVersion(session.consumerVersion, of: try consumer(id: row.consumer))
        guard let secret = try? tenantKey.open(sealed, for: Self.context(of: session.identifier, in: session.tenant)),
            let consumer = version?.open(of: session.consumer, in: session.tenant, under: tenantKey)
        else { return .unreadable(session) }
        return .taken(
            session,
            HomeUserCredential(
                consumerKey: consumer.key, consumerSecret: consumer.secret, token: token, tokenSecret: secret))
    }

    mutating func giveBack(_ session: OAuthSession, tokenSecret: Secret) throws {
        let tenantKey = try openKey(of: try tenant(session.tenant))
        let sealed = try sealing { () throws(SealError) in
            try tenantKey.seal(tokenSecret, for: Self.context(of: session.identifier, in: session.tenant))
        }
        try execute(
            "UPDATE oauth_session SET sealed_secret = ? WHERE identifier = ? AND sealed_secret IS NULL",
            [Data(sealed), session.identifier])
    }

    /// Oldest first; of all tenants for nil.
    func openSessions(in tenantName: TenantName?) throws -> [OAuthSession] {
        let owner = try tenantName.map { try tenant($0).id }
        return try rows(
            """
            SELECT * FROM oauth_session WHERE sealed_secret IS NOT NULL AND expires > ?1 AND (?2 IS NULL OR tenant = ?2)
            ORDER BY id
            """, [now, owner]
        ).map { try OAuthSessionRow($0, self).session }
    }

    /// Keeps what has just expired, so that whoever comes late is told so.
    mutating func sweepSessions() throws -> Int {
        try dropSessions("expires <= ?", [now - StoreTransaction.lateness])
    }

    /// - Parameter session: Identifier of one that stays.
    mutating func dropSessions(of user: HomeUserName, in tenant: TenantRow, except session: String? = nil) throws {
        _ = try dropSessions("tenant = ? AND user = ? AND identifier IS NOT ?", [tenant.id, user.rawValue, session])
    }

    private static let lateness: Int64 = 3_600

    private static func context(of identifier: String, in tenant: TenantName) -> SealContext {
        SealedSubject.session(identifier, in: tenant).context(.temporarySecret, version: 1)
    }

    private mutating func dropSessions(_ condition: String, _ arguments: StatementArguments) throws -> Int {
        let consumers = try rows("SELECT DISTINCT consumer FROM oauth_session WHERE \(condition)", arguments)
        guard !consumers.isEmpty else { return 0 }
        try execute("DELETE FROM oauth_session WHERE \(condition)", arguments)
        let dropped = database.changesCount
        for row in consumers { try pruneVersions(of: row["consumer"]) }
        return dropped
    }

    func checkRoomForSession(of user: HomeUserName, in tenantName: TenantName) throws {
        let tenant = try tenant(tenantName)
        try checkRoom(for: user, in: tenantName, existing: try homeUser(user, of: tenant))
        let open = "SELECT count(*) FROM oauth_session WHERE tenant = ? AND sealed_secret IS NOT NULL AND expires > ?"
        guard try count(open, [tenant.id, now]) < limits.maximumSessionsPerTenant else {
            throw CustodyError.limitReached(
                reason:
                    "Tenant \(tenantName) has \(limits.maximumSessionsPerTenant) unfinished authorizations, which is "
                    + "the limit. Wait until some of them are finished or have expired.")
        }
        guard try count(open + " AND user = ?", [tenant.id, now, user.rawValue]) < limits.maximumSessionsPerUser else {
            throw CustodyError.limitReached(
                reason:
                    "Home user \(user) has \(limits.maximumSessionsPerUser) unfinished authorizations, which is the "
                    + "limit. Wait until some of them are finished or have expired.")
        }
    }

    /// Sessions that ended, and are kept only to answer a replay, make room for new ones.
    private mutating func dropEndedSessions(of tenant: TenantRow) throws {
        let ended = "tenant = ?1 AND (sealed_secret IS NULL OR expires <= ?2)"
        _ = try dropSessions(
            "\(ended) AND id NOT IN (SELECT id FROM oauth_session WHERE \(ended) ORDER BY id DESC LIMIT ?3)",
            [tenant.id, now, limits.maximumSessionsPerTenant])
    }

    private func sessionRow(of digest: TokenDigest) throws -> OAuthSessionRow? {
        try row("SELECT * FROM oauth_session WHERE token_digest = ?", [digest.data])
            .map { try OAuthSessionRow($0, self) }
    }
}

/// What a taker has to know of a session.
struct WantedSession {
    let token: Secret
    let mode: OAuthSession.Mode
    /// Nil: whoever it is for.
    let user: HomeUserName?
    let tenant: TenantName?

    func means(_ session: OAuthSession) -> Bool {
        session.mode == mode && (user == nil || user == session.user) && (tenant == nil || tenant == session.tenant)
    }
}

enum SessionLookUp {
    case there(OAuthSessionRow, sealed: [UInt8])
    /// Says why it cannot be taken.
    case notThere(OAuthSessionTaking)
}

/// What a session is found by: the temporary token itself is not stored. Providers issue tokens that cannot be guessed, so a
/// fast hash is enough.
private struct TokenDigest {
    let data: Data

    init(of token: Secret) {
        var hash = SHA256()
        hash.update(data: Array("wego-gateway oauth session token 1".utf8))
        token.expose { hash.update(bufferPointer: $0) }
        data = Data(hash.finalize())
    }
}
