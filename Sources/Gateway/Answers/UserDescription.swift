// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import RateLimits
import StrictJSON

/// What the gateway tells of a home user. Never a secret.
enum UserDescription {
    static func json(_ user: HomeUser, _ limits: LimitStanding) -> [UInt8] {
        var members = [
            ("user", JSONText.quoted(user.name.rawValue)),
            ("tenant", JSONText.quoted(user.tenant.rawValue)),
            ("consumer", JSONText.quoted(user.consumer.rawValue)),
            ("state", JSONText.quoted(user.state.rawValue)),
            ("since", "\(user.since)"),
            ("created", "\(user.created)"),
            ("developer", user.isDeveloper ? "true" : "false"),
        ]
        members.append(("limits", "[\(limits.states.compactMap(json).joined(separator: ","))]"))
        if let reason = user.reason { members.append(("reason", JSONText.quoted(reason))) }
        return Array("{\(members.map { "\"\($0)\":\($1)" }.joined(separator: ","))}".utf8)
    }

    /// The policy names of the `RateLimit` field, with its numbers written out.
    private static func json(_ state: LimitState) -> String? {
        guard let window = state.window else { return nil }
        return "{\"policy\":\"\(state.name)\",\"quota\":\(window.permits),"
            + "\"window_seconds\":\(window.periodSeconds),\"burst\":\(window.burst),"
            + "\"remaining\":\(state.remaining),\"full_in_seconds\":\(state.fullInSeconds)}"
    }
}
