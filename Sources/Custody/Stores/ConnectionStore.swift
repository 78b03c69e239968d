// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// Three-legged authorizations (RFC 5849 section 2), and the credentials they end in.
package protocol ConnectionStore: Sendable {
    /// Throws what `addSession` would, as far as it can be told before there are temporary credentials.
    func checkRoomForSession(of user: HomeUserName, in tenant: TenantName) throws(CustodyError)
    /// Keeps the temporary credentials, sealed, under a digest of the temporary token. Also sweeps.
    @discardableResult
    func addSession(_ new: NewOAuthSession) throws(CustodyError) -> OAuthSession
    /// Takes the session, for good, before the exchange: of several callers at most one gets `taken`.
    /// - Parameters:
    ///   - mode: How the consent came back. A session of the other mode is `unknown` and stays as it is.
    ///   - user: Who must be meant, with the tenant, if the caller knows; otherwise nil. A session of somebody else is
    ///     `unknown` and stays as it is.
    func takeSession(
        oauthToken: Secret, mode: OAuthSession.Mode, of user: HomeUserName?, in tenant: TenantName?
    ) throws(CustodyError) -> OAuthSessionTaking
    /// Makes a taken session good again: its exchange has certainly not been sent. Nothing happens if it was dropped meanwhile.
    func giveBackSession(_ session: OAuthSession, tokenSecret: Secret) throws(CustodyError)
    /// Those that can still be taken, oldest first; of all tenants for nil.
    func openSessions(in tenant: TenantName?) throws(CustodyError) -> [OAuthSession]
    /// Forgets sessions that expired more than an hour ago. To be called now and then.
    /// - Returns: How many.
    @discardableResult
    func sweepSessions() throws(CustodyError) -> Int

    /// Stores what a taken session ended in: creates the home user, or replaces its credential as `replaceCredential` does. The
    /// user is active, with a new `credentialVersion`, which has to be confirmed or reverted. Refused if the user was removed,
    /// revoked, destroyed or given a credential since the session began, or is frozen. Ends the user's other sessions.
    @discardableResult
    func connectHomeUser(
        _ session: OAuthSession, token: Secret, tokenSecret: Secret
    ) throws(CustodyError) -> HomeUser
    /// Stores a credential issued under the current version of the user's consumer, and keeps the last confirmed one sealed
    /// beside it.
    @discardableResult
    func replaceCredential(
        of name: HomeUserName, in tenant: TenantName, token: Secret, tokenSecret: Secret
    ) throws(CustodyError) -> HomeUser
    /// Erases the kept credential: the upstream has accepted the new one. Nothing happens if `version` is no longer current, or
    /// was confirmed before.
    /// - Parameter account: Whom it belongs to; what it has not stays as it was.
    @discardableResult
    func confirmCredential(
        of name: HomeUserName, in tenant: TenantName, version: Int, account: UpstreamAccount
    ) throws(CustodyError) -> HomeUser
    /// Goes back to the kept credential and the state before; a user that did not exist before is removed (nil). What an
    /// operator decided meanwhile stands. Nothing happens if `version` is no longer current, or was confirmed before.
    @discardableResult
    func revertCredential(
        of name: HomeUserName, in tenant: TenantName, version: Int
    ) throws(CustodyError) -> HomeUser?
    /// Whose credentials are neither confirmed nor reverted: to be checked again at the start.
    func unconfirmedHomeUsers() throws(CustodyError) -> [HomeUser]
}

extension ConnectionStore {
    /// Takes the session, whoever it is for: what a callback does.
    package func takeSession(oauthToken: Secret) throws(CustodyError) -> OAuthSessionTaking {
        try takeSession(oauthToken: oauthToken, mode: .browser, of: nil, in: nil)
    }

    /// For an answer that did not say whose the credential is.
    @discardableResult
    package func confirmCredential(
        of name: HomeUserName, in tenant: TenantName, version: Int
    ) throws(CustodyError) -> HomeUser {
        try confirmCredential(of: name, in: tenant, version: version, account: UpstreamAccount())
    }
}
