// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

extension SQLiteStore {
    @discardableResult
    package func addTenant(_ name: TenantName) throws(CustodyError) -> Tenant {
        try commit { try $0.addTenant(name) }
    }

    package func removeTenant(_ name: TenantName) throws(CustodyError) {
        try commit { try $0.removeTenant(name) }
    }

    @discardableResult
    package func addConsumer(
        _ name: ConsumerName, in tenant: TenantName, key: String, secret: Secret
    ) throws(CustodyError) -> Consumer {
        try commit { try $0.addConsumer(name, in: tenant, key: key, secret: secret) }
    }

    package func removeConsumer(_ name: ConsumerName, in tenant: TenantName) throws(CustodyError) {
        try commit { try $0.removeConsumer(name, in: tenant) }
    }

    @discardableResult
    package func rotateConsumer(
        _ name: ConsumerName, in tenant: TenantName, key: String, secret: Secret
    ) throws(CustodyError) -> Consumer {
        try commit { try $0.rotateConsumer(name, in: tenant, key: key, secret: secret) }
    }

    @discardableResult
    package func importHomeUser(
        _ name: HomeUserName, in tenant: TenantName, consumer: ConsumerName, token: Secret, tokenSecret: Secret,
        isDeveloper: Bool, replacing: Bool
    ) throws(CustodyError) -> HomeUser {
        let new = HomeUserImport(
            name: name, tenant: tenant, consumer: consumer, token: token, tokenSecret: tokenSecret,
            isDeveloper: isDeveloper, replacing: replacing)
        return try commit { try $0.importHomeUser(new) }
    }

    @discardableResult
    package func setState(
        _ state: HomeUserState, reason: String?, of name: HomeUserName, in tenant: TenantName
    ) throws(CustodyError) -> HomeUser {
        try commit { try $0.setState(state, reason: reason, of: name, in: tenant) }
    }

    package func removeHomeUser(_ name: HomeUserName, in tenant: TenantName) throws(CustodyError) {
        try commit { try $0.removeHomeUser(name, in: tenant) }
    }

    package func addCaller(
        _ name: CallerName, in tenant: TenantName, users: UserSelection, scopes: Scopes
    ) throws(CustodyError) -> CallerKey {
        try commit { try $0.addCaller(name, in: tenant, users: users, scopes: scopes) }
    }

    package func rotateCaller(
        _ name: CallerName, in tenant: TenantName, keepingPrevious: Bool
    ) throws(CustodyError) -> CallerKey {
        try commit { try $0.rotateCaller(name, in: tenant, keepingPrevious: keepingPrevious) }
    }

    package func removeCaller(_ name: CallerName, in tenant: TenantName) throws(CustodyError) {
        try commit { try $0.removeCaller(name, in: tenant) }
    }
}

// The snapshot holds all that may be shown: lists need no database.
extension SQLiteStore {
    package func tenants() throws(CustodyError) -> [Tenant] {
        snapshot.tenants()
    }

    package func consumers(in tenant: TenantName?) throws(CustodyError) -> [Consumer] {
        try snapshot(with: tenant).consumers(in: tenant)
    }

    package func homeUsers(in tenant: TenantName?) throws(CustodyError) -> [HomeUser] {
        try snapshot(with: tenant).homeUsers(in: tenant)
    }

    package func homeUser(_ name: HomeUserName, in tenant: TenantName) throws(CustodyError) -> HomeUser {
        guard let access = try snapshot(with: tenant).homeUser(name, in: tenant) else {
            throw .notFound(kind: .homeUser, name: name.rawValue)
        }
        return access.user
    }

    package func callers(in tenant: TenantName?) throws(CustodyError) -> [Caller] {
        try snapshot(with: tenant).callers(in: tenant)
    }

    /// The snapshot, in which the tenant exists.
    func snapshot(with tenant: TenantName?) throws(CustodyError) -> Snapshot {
        let snapshot = snapshot
        if let tenant, snapshot.tenant(tenant) == nil { throw .notFound(kind: .tenant, name: tenant.rawValue) }
        return snapshot
    }
}
