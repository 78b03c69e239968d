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
        let tenant = try tenant(new.tenant)
        let consumer = try consumer(new.consumer, of: tenant)
        let existing = try homeUser(new.name, of: tenant)
        guard existing == nil || new.replacing else {
            throw CustodyError.alreadyExists(kind: .homeUser, name: new.name.rawValue)
        }
        try checkRoom(for: new.name, in: new.tenant, existing: existing)
        if let existing {
            try dropPreviousCredential(of: existing)
            // It may be another account's, on purpose; the next connection tells.
            try execute("UPDATE home_user SET upstream_username = NULL, upstream_id = NULL WHERE id = ?", [existing.id])
        }
        let credential = NewCredential(
            token: new.token, tokenSecret: new.tokenSecret, consumer: consumer.id, consumerVersion: consumer.version,
            isDeveloper: new.isDeveloper)
        return try storeCredential(credential, of: new.name, tenant: tenant, existing: existing)
    }

    mutating func setState(
        _ state: HomeUserState, reason: String?, of name: HomeUserName, in tenantName: TenantName
    ) throws -> HomeUser {
        try limits.check(reason: reason)
        let tenant = try tenant(tenantName)
        let user = try requiredHomeUser(name, of: tenant)
        // Nothing but a credential makes a user without one usable, or worth holding back.
        let lacksCredential = user.sealedToken == nil && (state.isUsable || state == .frozen)
        guard user.state.mayBecome(state), !lacksCredential else {
            throw CustodyError.invalid(reason: refusal(of: state, for: user, in: tenantName))
        }
        try execute(
            "UPDATE home_user SET state = ?, reason = ?, since = ? WHERE id = ?",
            [state.rawValue, reason, state == user.state ? user.since : now, user.id])
        if !state.keepsCredential { try eraseCredential(of: user, in: tenant, withKey: state == .destroyed) }
        if state == .destroyed { try coarsenTimes(of: user) }
        return try noteHomeUser(name, of: tenant, under: try openKey(of: tenant))
    }

    mutating func removeHomeUser(_ name: HomeUserName, in tenantName: TenantName) throws {
        let tenant = try tenant(tenantName)
        let user = try requiredHomeUser(name, of: tenant)
        guard user.state != .pending else {
            throw CustodyError.stillInUse(
                reason: "Home user \(name) is being created. Wait until the call has ended, or stop the gateway first.")
        }
        guard try count("SELECT count(*) FROM quarantine WHERE home_user = ?", [user.id]) == 0 else {
            throw CustodyError.stillInUse(
                reason: "An answer of the upstream that may hold the credential of home user \(name) waits in the "
                    + "quarantine. See `wego-gateway user quarantine list`, and resolve or discard it first.")
        }
        try deleteHomeUser(user, of: tenant)
    }

    /// With everything that belongs to it, running authorizations included: they must not bring it back.
    mutating func deleteHomeUser(_ user: HomeUserRow, of tenant: TenantRow) throws {
        try dropPreviousCredential(of: user)
        try dropSessions(of: user.name, in: tenant)
        try execute("DELETE FROM home_user WHERE id = ?", [user.id])
        try pruneVersions(of: user.consumer)
        changes.append(.homeUserRemoved(user.name, tenant.tenant.name))
        erasesKeys = true
    }

    /// Whether a credential may be stored under the name.
    func checkRoom(for name: HomeUserName, in tenant: TenantName, existing: HomeUserRow?) throws {
        switch existing?.state {
        case .pending: throw CustodyError.alreadyExists(kind: .reservation, name: name.rawValue)
        case .frozen:
            // Somebody froze this user on purpose; a new token from a flow that was already running is no thaw.
            throw CustodyError.invalid(
                reason: "Home user \(name) is frozen. Thaw it first with "
                    + "`wego-gateway user thaw \(name) --tenant \(tenant)`.")
        case .active, .suspect, .unknown, .revoked, .destroyed: return
        case nil: break
        }
        guard try count("SELECT count(*) FROM home_user") < limits.maximumHomeUsers else {
            throw CustodyError.limitReached(
                reason: "The store holds \(limits.maximumHomeUsers) home users, which is its limit. "
                    + "Remove those that are no longer needed with `wego-gateway user rm NAME --tenant TENANT`.")
        }
    }

    private mutating func eraseCredential(of user: HomeUserRow, in tenant: TenantRow, withKey: Bool) throws {
        try execute(
            """
            UPDATE home_user SET sealed_token = NULL, sealed_token_secret = NULL, consumer_version = NULL,
            wrapped_key = CASE WHEN ?1 THEN NULL ELSE wrapped_key END,
            upstream_username = CASE WHEN ?1 THEN NULL ELSE upstream_username END,
            upstream_id = CASE WHEN ?1 THEN NULL ELSE upstream_id END WHERE id = ?2
            """, [withKey, user.id])
        try execute("DELETE FROM reservation WHERE home_user = ?", [user.id])
        if withKey { try execute("DELETE FROM quarantine WHERE home_user = ?", [user.id]) }
        try dropPreviousCredential(of: user)
        try dropSessions(of: user.name, in: tenant)
        try pruneVersions(of: user.consumer)
        erasesKeys = true
    }

    private func refusal(of state: HomeUserState, for user: HomeUserRow, in tenant: TenantName) -> String {
        let sentence = "Home user \(user.name) is \(user.state.rawValue) and cannot become \(state.rawValue). "
        let advice =
            switch user.state {
            case .frozen: "Thaw it first with `wego-gateway user thaw \(user.name) --tenant \(tenant)`."
            case .pending: "The call that creates it is under way; wait until it has ended."
            case .unknown where user.sealedToken == nil:
                "It has no credential; see `wego-gateway user show \(user.name) --tenant \(tenant)`."
            case .unknown: "Thaw it first with `wego-gateway user thaw \(user.name) --tenant \(tenant)`."
            case .active, .suspect: "Only a new creation does that."
            case .revoked, .destroyed:
                "Its credential is erased; import a new one with `wego-gateway user import \(user.name) --replace`."
            }
        return sentence + advice
    }
}
