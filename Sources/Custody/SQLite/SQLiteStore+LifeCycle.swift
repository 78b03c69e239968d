// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension SQLiteStore {
    @discardableResult
    package func markSuspect(
        _ name: HomeUserName, in tenant: TenantName, credentialVersion: Int?, reason: String
    ) throws(CustodyError) -> Bool {
        guard snapshot.homeUser(name, in: tenant)?.user.state == .active else { return false }
        return try commit {
            try $0.moveHomeUser(
                name, in: tenant, from: .active, to: .suspect, credentialVersion: credentialVersion, reason: reason)
        }
    }

    @discardableResult
    package func markActive(
        _ name: HomeUserName, in tenant: TenantName, credentialVersion: Int?
    ) throws(CustodyError) -> Bool {
        guard snapshot.homeUser(name, in: tenant)?.user.state == .suspect else { return false }
        return try commit {
            try $0.moveHomeUser(
                name, in: tenant, from: .suspect, to: .active, credentialVersion: credentialVersion, reason: nil)
        }
    }

    @discardableResult
    package func destroyHomeUser(
        _ name: HomeUserName, in tenant: TenantName, credentialVersion: Int?
    ) throws(CustodyError) -> HomeUser {
        try commit { try $0.destroyHomeUser(name, in: tenant, credentialVersion: credentialVersion) }
    }

    @discardableResult
    package func markDestructionUnknown(
        _ name: HomeUserName, in tenant: TenantName, credentialVersion: Int?, requestID: String
    ) throws(CustodyError) -> HomeUser {
        try commit {
            try $0.markDestructionUnknown(
                name, in: tenant, credentialVersion: credentialVersion, requestID: requestID)
        }
    }
}
