// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

extension StoreTransaction {
    mutating func addTenant(_ name: TenantName) throws -> Tenant {
        guard try count("SELECT count(*) FROM tenant WHERE name = ?", [name.rawValue]) == 0 else {
            throw CustodyError.alreadyExists(kind: .tenant, name: name.rawValue)
        }
        guard try count("SELECT count(*) FROM tenant") < limits.maximumTenants else {
            throw CustodyError.limitReached(
                reason: "The store holds \(limits.maximumTenants) tenants, which is its limit. Remove one first.")
        }
        try noteCurrentRootKey()
        let key = try keys.makeTenantKey(for: name)
        try execute(
            "INSERT INTO tenant (name, root_key, wrapped_key, created) VALUES (?, ?, ?, ?)",
            [name.rawValue, keys.currentRootKey, Data(key.bytes), now])
        let tenant = Tenant(name: name, created: now)
        changes.append(.tenantAdded(tenant))
        return tenant
    }

    mutating func removeTenant(_ name: TenantName) throws {
        let tenant = try tenant(name)
        let users = try homeUserNames("tenant = ?", [tenant.id])
        guard users.total == 0 else {
            throw CustodyError.stillInUse(
                reason: "Tenant \(name) still has \(users.text). Remove them first, each with "
                    + "`wego-gateway user rm NAME --tenant \(name)`.")
        }
        try execute("DELETE FROM tenant WHERE id = ?", [tenant.id])
        changes.append(.tenantRemoved(name))
        erasesKeys = true
    }

    /// The first entry under a new current root key brings its check value along.
    func noteCurrentRootKey() throws {
        let known = try count("SELECT count(*) FROM root_key WHERE identifier = ?", [keys.currentRootKey])
        guard known == 0 else { return }
        let check = try RootKeyCheck.make(under: ring)
        try execute(
            "INSERT INTO root_key (identifier, sealed_check, created) VALUES (?, ?, ?)",
            [check.identifier, Data(check.sealed), now])
    }

    /// How many home users meet a condition, and the first few names, for a message.
    func homeUserNames(_ condition: String, _ arguments: StatementArguments) throws -> (total: Int, text: String) {
        let total = try count("SELECT count(*) FROM home_user WHERE \(condition)", arguments)
        let names = try String.fetchAll(
            database, sql: "SELECT name FROM home_user WHERE \(condition) ORDER BY name LIMIT 3", arguments: arguments)
        let list = names.joined(separator: ", ") + (total > names.count ? ", ..." : "")
        return (total, "\(total) home user\(total == 1 ? "" : "s") (\(list))")
    }
}
