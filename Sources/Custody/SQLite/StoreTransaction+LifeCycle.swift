// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension StoreTransaction {
    /// Moves a home user from one usable state to the other; anything else stays as it is.
    mutating func moveHomeUser(
        _ name: HomeUserName, in tenantName: TenantName, from old: HomeUserState, to new: HomeUserState,
        credentialVersion: Int?, reason: String?
    ) throws -> Bool {
        let tenant = try tenant(tenantName)
        guard let user = try homeUser(name, of: tenant), user.state == old,
            credentialVersion == nil || credentialVersion == user.credentialVersion
        else { return false }
        _ = try setState(new, reason: reason, of: name, in: tenantName)
        return true
    }

    mutating func destroyHomeUser(
        _ name: HomeUserName, in tenantName: TenantName, credentialVersion: Int?
    ) throws -> HomeUser {
        let tenant = try tenant(tenantName)
        let user = try requiredHomeUser(name, of: tenant)
        guard credentialVersion == nil || credentialVersion == user.credentialVersion else {
            return try noteHomeUser(name, of: tenant, under: try openKey(of: tenant))
        }
        let reason = user.state == .destroyed ? user.reason : "destroyed upstream"
        return try setState(.destroyed, reason: reason, of: name, in: tenantName)
    }

    mutating func markDestructionUnknown(
        _ name: HomeUserName, in tenantName: TenantName, credentialVersion: Int?, requestID: String
    ) throws -> HomeUser {
        try limits.check(label: requestID, called: "request identifier")
        let tenant = try tenant(tenantName)
        let user = try requiredHomeUser(name, of: tenant)
        let isCurrent = credentialVersion == nil || credentialVersion == user.credentialVersion
        if isCurrent, user.sealedToken != nil, user.state.mayBecome(.unknown) {
            try execute(
                "UPDATE home_user SET state = 'unknown', reason = ?, since = ? WHERE id = ?",
                ["the answer to the deletion of the user was lost (request \(requestID))", now, user.id])
        }
        return try noteHomeUser(name, of: tenant, under: try openKey(of: tenant))
    }

    /// To the month: the audit journal holds records of the same changes, to the second and without the name, and nobody
    /// shall tell any more which of them were about a destroyed user.
    mutating func coarsenTimes(of user: HomeUserRow) throws {
        func month(_ column: String) -> String {
            "\(column) = CAST(strftime('%s', \(column), 'unixepoch', 'start of month') AS INTEGER)"
        }
        try execute("UPDATE home_user SET \(month("since")), \(month("created")) WHERE id = ?", [user.id])
        try execute(
            "UPDATE limit_override SET \(month("since")), \(month("changed")) WHERE home_user = ?", [user.id])
    }
}
