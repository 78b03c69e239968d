// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import OAuth1

/// A request about connecting a home user (RFC 5849 section 2), before its body is read.
enum ConnectCommand: Sendable {
    /// `POST /users/{user}/connect`
    case begin(HomeUserName, Principal)
    /// `POST /users/{user}/connect/finish`
    case finish(HomeUserName, Principal)
    /// `GET /oauth/callback`, with its query: nobody is known.
    case callback([Parameter])

    /// The name must be one this principal may act for; whether there is such a user makes no difference.
    static func name(_ text: String, for principal: Principal) throws(GatewayError) -> HomeUserName {
        guard let name = HomeUserName(text) else { throw .connect(.nameInvalid) }
        guard principal.caller?.users.contains(name) ?? true else { throw .userNotFound(name.rawValue) }
        try principal.require(.connect)
        return name
    }

    /// Whose token creates accounts, and who was cut off on purpose, is not for everybody who may connect people.
    static func require(_ principal: Principal, toConnect user: HomeUser?) throws(GatewayError) {
        guard let user, user.isDeveloper || user.state == .revoked else { return }
        try principal.require(.users)
    }
}
