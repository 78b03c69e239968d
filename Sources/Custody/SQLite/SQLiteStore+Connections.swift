// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

extension SQLiteStore {
    package func checkRoomForSession(of user: HomeUserName, in tenant: TenantName) throws(CustodyError) {
        try read { try $0.checkRoomForSession(of: user, in: tenant) }
    }

    @discardableResult
    package func addSession(_ new: NewOAuthSession) throws(CustodyError) -> OAuthSession {
        try commit { try $0.addSession(new) }
    }

    package func takeSession(
        oauthToken: Secret, mode: OAuthSession.Mode, of user: HomeUserName?, in tenant: TenantName?
    ) throws(CustodyError) -> OAuthSessionTaking {
        let wanted = WantedSession(token: oauthToken, mode: mode, user: user, tenant: tenant)
        // Anybody may send made-up tokens: they must not cost a commit.
        if case .notThere(let taking) = try read({ try $0.lookUp(wanted) }) { return taking }
        return try commit { try $0.take(wanted) }
    }

    package func giveBackSession(_ session: OAuthSession, tokenSecret: Secret) throws(CustodyError) {
        try commit { try $0.giveBack(session, tokenSecret: tokenSecret) }
    }

    package func openSessions(in tenant: TenantName?) throws(CustodyError) -> [OAuthSession] {
        try read { try $0.openSessions(in: tenant) }
    }

    @discardableResult
    package func sweepSessions() throws(CustodyError) -> Int {
        try commit { try $0.sweepSessions() }
    }

    @discardableResult
    package func connectHomeUser(
        _ session: OAuthSession, token: Secret, tokenSecret: Secret
    ) throws(CustodyError) -> HomeUser {
        try commit { try $0.connectHomeUser(session, token: token, tokenSecret: tokenSecret) }
    }

    @discardableResult
    package func replaceCredential(
        of name: HomeUserName, in tenant: TenantName, token: Secret, tokenSecret: Secret
    ) throws(CustodyError) -> HomeUser {
        try commit { try $0.replaceCredential(of: name, in: tenant, token: token, tokenSecret: tokenSecret) }
    }

    @discardableResult
    package func confirmCredential(
        of name: HomeUserName, in tenant: TenantName, version: Int, account: UpstreamAccount
    ) throws(CustodyError) -> HomeUser {
        try commit { try $0.confirmCredential(of: name, in: tenant, version: version, account: account) }
    }

    @discardableResult
    package func revertCredential(
        of name: HomeUserName, in tenant: TenantName, version: Int
    ) throws(CustodyError) -> HomeUser? {
        try commit { try $0.revertCredential(of: name, in: tenant, version: version) }
    }

    package func unconfirmedHomeUsers() throws(CustodyError) -> [HomeUser] {
        let names = try read { try $0.unconfirmedHomeUsers() }
        let snapshot = snapshot
        return names.compactMap { snapshot.homeUser($0.name, in: $0.tenant)?.user }
    }
}
