// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

/// What takes a name.
struct NewReservation {
    let identifier: String
    let name: HomeUserName
    let tenant: TenantName
    let consumer: ConsumerName
    let developer: HomeUserName
    let requestID: String
    let upstreamUsername: String?
}

extension StoreTransaction {
    mutating func reserveHomeUser(_ new: NewReservation) throws -> Reservation {
        try limits.check(label: new.requestID, called: "request identifier")
        try limits.check(label: new.upstreamUsername, called: "user name")
        let tenant = try tenant(new.tenant)
        let consumer = try consumer(new.consumer, of: tenant)
        if let existing = try homeUser(new.name, of: tenant) {
            let reserved = try count("SELECT count(*) FROM reservation WHERE home_user = ?", [existing.id]) > 0
            throw CustodyError.alreadyExists(kind: reserved ? .reservation : .homeUser, name: new.name.rawValue)
        }
        try checkRoom(for: new.name, in: new.tenant, existing: nil)
        let version = try consumerVersion(signing: new, tenant: tenant, consumer: consumer)
        let tenantKey = try openKey(of: tenant)
        let key = try userKey(of: new.name, in: new.tenant, existing: nil, under: tenantKey)
        try execute(
            """
            INSERT INTO home_user (
                tenant, name, consumer, consumer_version, is_developer, state, since, created,
                key_version, wrapped_key, credential_version, upstream_username)
            VALUES (?, ?, ?, ?, 0, 'pending', ?, ?, ?, ?, 0, ?)
            """,
            [
                tenant.id, new.name.rawValue, consumer.id, version, now, now, key.version, Data(key.wrapped.bytes),
                new.upstreamUsername,
            ])
        try execute(
            "INSERT INTO reservation (home_user, identifier, developer, request_id, created) VALUES (?, ?, ?, ?, ?)",
            [database.lastInsertedRowID, new.identifier, new.developer.rawValue, new.requestID, now])
        _ = try noteHomeUser(new.name, of: tenant, under: tenantKey)
        return try reservation(new.identifier, named: new.name).reservation(self)
    }

    /// The developer's credential signs the call, so the new token belongs to the developer's consumer version.
    private func consumerVersion(
        signing new: NewReservation, tenant: TenantRow, consumer: ConsumerRow
    ) throws -> Int {
        let developer = try requiredHomeUser(new.developer, of: tenant)
        guard developer.consumer == consumer.id, let version = developer.consumerVersion else {
            throw CustodyError.invalid(
                reason: "Developer \(new.developer) has no credential under consumer \(new.consumer). "
                    + "See `wego-gateway user show \(new.developer) --tenant \(new.tenant)`.")
        }
        return version
    }

    func reservation(_ identifier: String, named name: HomeUserName) throws -> ReservationRow {
        guard let row = try row("SELECT * FROM reservation WHERE identifier = ?", [identifier]) else {
            throw CustodyError.notFound(kind: .reservation, name: name.rawValue)
        }
        return try ReservationRow(row, self)
    }

    /// By tenant and name; of all tenants for nil.
    func reservations(in tenantName: TenantName?) throws -> [Reservation] {
        let owner = try tenantName.map { try tenant($0).id }
        return try rows(
            """
            SELECT r.* FROM reservation r JOIN home_user u ON u.id = r.home_user JOIN tenant t ON t.id = u.tenant
            WHERE ?1 IS NULL OR u.tenant = ?1 ORDER BY t.name, u.name
            """, [owner]
        ).map { try ReservationRow($0, self).reservation(self) }
    }

    mutating func releaseReservation(_ reservation: Reservation) throws {
        let row = try self.reservation(reservation.identifier, named: reservation.name)
        guard try count("SELECT count(*) FROM quarantine WHERE home_user = ?", [row.user.id]) == 0 else {
            throw CustodyError.stillInUse(
                reason: "An answer to the creation of home user \(reservation.name) waits in the quarantine. "
                    + "See `wego-gateway user quarantine list`.")
        }
        try deleteHomeUser(row.user, of: row.tenant)
    }

    mutating func markReservationUnknown(_ reservation: Reservation, reason: String) throws -> HomeUser {
        try limits.check(reason: reason)
        let row = try self.reservation(reservation.identifier, named: reservation.name)
        return try markCreationUnknown(row.user, of: row.tenant, reason: reason)
    }

    mutating func completeReservation(
        _ reservation: Reservation, token: Secret, tokenSecret: Secret, upstreamUsername: String?
    ) throws -> HomeUser {
        try limits.check(label: upstreamUsername, called: "user name")
        let row = try self.reservation(reservation.identifier, named: reservation.name)
        if let upstreamUsername {
            try execute(
                "UPDATE home_user SET upstream_username = ? WHERE id = ?", [upstreamUsername, row.user.id])
        }
        return try activate(row.user, of: row.tenant, token: token, tokenSecret: tokenSecret)
    }

    /// Gives a created user its credential, under the consumer version that its creation was signed with.
    mutating func activate(
        _ user: HomeUserRow, of tenant: TenantRow, token: Secret, tokenSecret: Secret
    ) throws -> HomeUser {
        guard let version = user.consumerVersion else {
            throw CustodyError.tampered(what: "home user \(user.name), which is being created, has no consumer version")
        }
        let credential = NewCredential(
            token: token, tokenSecret: tokenSecret, consumer: user.consumer, consumerVersion: version,
            isDeveloper: user.isDeveloper)
        return try storeCredential(credential, of: user.name, tenant: tenant, existing: user)
    }

    /// Only a user that never had a credential: one that got it meanwhile stays as it is.
    mutating func markCreationUnknown(_ user: HomeUserRow, of tenant: TenantRow, reason: String) throws -> HomeUser {
        try execute(
            """
            UPDATE home_user SET state = 'unknown', reason = ?, since = iif(state = 'unknown', since, ?)
            WHERE id = ? AND sealed_token IS NULL AND state IN ('pending', 'unknown')
            """, [reason, now, user.id])
        return try noteHomeUser(user.name, of: tenant, under: try openKey(of: tenant))
    }

    /// Whoever was creating these users is gone, and with it the knowledge how far the calls got.
    /// - Returns: whom it was about.
    mutating func settleAfterCrash() throws -> [(HomeUserName, TenantName)] {
        try rows("SELECT id FROM home_user WHERE state = 'pending'", []).map { row in
            let (user, tenant) = try homeUser(id: row["id"])
            _ = try markCreationUnknown(
                user, of: tenant, reason: "the gateway stopped while the user was being created")
            return (user.name, tenant.tenant.name)
        }
    }
}
