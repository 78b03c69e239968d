// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import FoundationEssentials
import StrictJSON

/// What programs are told about a connection.
enum ConnectAnswers {
    /// - Parameter address: of the consent page.
    static func begun(_ session: OAuthSession, authorizeAt address: String) -> OwnAnswer {
        let members = [
            ("user", session.user.rawValue), ("authorize_url", address), ("expires_at", time(session.expires)),
            ("mode", session.mode.rawValue),
        ]
        return .json(object(members.map { ($0, JSONText.quoted($1)) }), status: 201)
    }

    /// 202 while WegoWise has not confirmed the new credential.
    static func connected(_ user: HomeUser, isConfirmed: Bool) -> OwnAnswer {
        var members = [
            ("user", JSONText.quoted(user.name.rawValue)), ("tenant", JSONText.quoted(user.tenant.rawValue)),
            ("consumer", JSONText.quoted(user.consumer.rawValue)), ("state", JSONText.quoted(user.state.rawValue)),
            ("confirmed", isConfirmed ? "true" : "false"),
        ]
        if !isConfirmed { members.append(("detail", JSONText.quoted(unconfirmed))) }
        return .json(object(members), status: isConfirmed ? 200 : 202)
    }

    private static let unconfirmed =
        "The new credential is in use, but WegoWise gave no clear answer when it was tried. The one before it, if there was "
        + "one, is kept until WegoWise does; it is tried again every minute."

    /// RFC 3339, in UTC.
    static func time(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }

    private static func object(_ members: [(String, String)]) -> [UInt8] {
        Array("{\(members.map { "\"\($0)\":\($1)" }.joined(separator: ","))}".utf8)
    }
}
