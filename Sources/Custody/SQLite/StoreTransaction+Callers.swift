// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

extension StoreTransaction {
    mutating func addCaller(
        _ name: CallerName, in tenantName: TenantName, users: UserSelection, scopes: Scopes
    ) throws -> CallerKey {
        try checkGrant(users: users, scopes: scopes)
        let tenant = try tenant(tenantName)
        guard try count("SELECT count(*) FROM caller WHERE tenant = ? AND name = ?", [tenant.id, name.rawValue]) == 0
        else {
            throw CustodyError.alreadyExists(kind: .caller, name: name.rawValue)
        }
        guard try count("SELECT count(*) FROM caller WHERE tenant = ?", [tenant.id]) < limits.maximumCallersPerTenant
        else {
            throw CustodyError.limitReached(
                reason: "Tenant \(tenantName) has \(limits.maximumCallersPerTenant) callers, which is the limit. "
                    + "Remove one with `wego-gateway caller rm NAME --tenant \(tenantName)`.")
        }
        try execute(
            "INSERT INTO caller (tenant, name, every_user, scopes, created) VALUES (?, ?, ?, ?, ?)",
            [tenant.id, name.rawValue, users == .all, scopes.text, now])
        let caller = try caller(name, of: tenant)
        if case .listed(let names) = users {
            for user in names {
                try execute("INSERT INTO caller_user (caller, name) VALUES (?, ?)", [caller.id, user.rawValue])
            }
        }
        return try insertKey(of: caller, tenant: tenant)
    }

    mutating func rotateCaller(
        _ name: CallerName, in tenantName: TenantName, keepingPrevious: Bool
    ) throws -> CallerKey {
        let tenant = try tenant(tenantName)
        let caller = try caller(name, of: tenant)
        // Two keys are valid at once, never three.
        try execute(
            """
            DELETE FROM caller_key WHERE caller = ?1
            AND (NOT ?2 OR id <> (SELECT max(id) FROM caller_key WHERE caller = ?1))
            """, [caller.id, keepingPrevious])
        return try insertKey(of: caller, tenant: tenant)
    }

    mutating func removeCaller(_ name: CallerName, in tenantName: TenantName) throws {
        let caller = try caller(name, of: try tenant(tenantName))
        try execute("DELETE FROM caller WHERE id = ?", [caller.id])
        changes.append(.callerRemoved(name, tenantName))
    }

    private func checkGrant(users: UserSelection, scopes: Scopes) throws(CustodyError) {
        guard Scopes(text: scopes.text) == scopes else {
            throw .invalid(reason: "A caller needs at least one scope of read, write, users and connect.")
        }
        if case .listed(let names) = users, !(1...limits.maximumListedUsers).contains(names.count) {
            throw .invalid(
                reason: "A caller's list must name 1 to \(limits.maximumListedUsers) home users; "
                    + "for every home user of the tenant, leave the list out.")
        }
    }

    private mutating func insertKey(of caller: CallerRow, tenant: TenantRow) throws -> CallerKey {
        let key = CallerKey.generate()
        try execute(
            "INSERT INTO caller_key (caller, identifier, digest, created) VALUES (?, ?, ?, ?)",
            [caller.id, key.identifier, Data(key.digest.bytes), now])
        changes.append(.caller(try caller.access(in: tenant.tenant.name, database)))
        return key
    }
}
