// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What the gateway learns about a home user from upstream answers.
package protocol LifeCycleStore: Sendable {
    /// Active -> suspect, after the upstream refused the token. Idempotent, and without a database access if there is nothing to
    /// do; any other state stays, as does a credential newer than the refused one.
    /// - Parameter credentialVersion: Of the refused credential; nil for whichever is current.
    /// - Returns: Whether the state changed.
    @discardableResult
    func markSuspect(
        _ name: HomeUserName, in tenant: TenantName, credentialVersion: Int?, reason: String
    ) throws(CustodyError) -> Bool
    /// Suspect -> active, after a success. As `markSuspect`.
    @discardableResult
    func markActive(
        _ name: HomeUserName, in tenant: TenantName, credentialVersion: Int?
    ) throws(CustodyError) -> Bool
    /// After a definite 204: erases the user's key and all that is sealed under it, free pages included. The user stays
    /// visible. Idempotent. A user whose credential is another by now stays as it is: it was not the one destroyed.
    /// - Parameter credentialVersion: Of the credential that signed the deletion; nil for whichever is current.
    @discardableResult
    func destroyHomeUser(
        _ name: HomeUserName, in tenant: TenantName, credentialVersion: Int?
    ) throws(CustodyError) -> HomeUser
    /// The answer to the deletion was lost: the credential stays sealed, unused, until an operator settles it
    /// (`HomeUser.advice`). A user without a credential stays as it is, as does one with another by now.
    /// - Parameter credentialVersion: As for `destroyHomeUser`.
    /// - Parameter requestID: Of the deletion.
    @discardableResult
    func markDestructionUnknown(
        _ name: HomeUserName, in tenant: TenantName, credentialVersion: Int?, requestID: String
    ) throws(CustodyError) -> HomeUser
}

extension LifeCycleStore {
    @discardableResult
    package func markSuspect(
        _ name: HomeUserName, in tenant: TenantName, reason: String
    ) throws(CustodyError) -> Bool {
        try markSuspect(name, in: tenant, credentialVersion: nil, reason: reason)
    }

    @discardableResult
    package func markActive(_ name: HomeUserName, in tenant: TenantName) throws(CustodyError) -> Bool {
        try markActive(name, in: tenant, credentialVersion: nil)
    }

    @discardableResult
    package func destroyHomeUser(_ name: HomeUserName, in tenant: TenantName) throws(CustodyError) -> HomeUser {
        try destroyHomeUser(name, in: tenant, credentialVersion: nil)
    }

    @discardableResult
    package func markDestructionUnknown(
        _ name: HomeUserName, in tenant: TenantName, requestID: String
    ) throws(CustodyError) -> HomeUser {
        try markDestructionUnknown(name, in: tenant, credentialVersion: nil, requestID: requestID)
    }
}
