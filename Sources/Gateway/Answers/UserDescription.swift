// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import RateLimits
import StrictJSON

/// What the gateway tells of a home user. Never a secret.
enum UserDescription {
    static func json(_ user: HomeUser, _ limits: [LimitState]) -> [UInt8] {
        var members = [
            ("user", JSONText.quoted(user.name.rawValue)),
            ("tenant", JSONText.quoted(user.tenant.rawValue)),
            ("consumer", JSONText.quoted(user.consumer.rawValue)),
            ("state", JSONText.quoted(user.state.rawValue)),
            ("since", "\(user.since)"),
            ("created", "\(user.created)"),
            ("developer", user.isDeveloper ? "true" : "false"),
        ]
        members.append(("limits", "[\(limits.map(json).joined(separator: ","))]"))
        if let reason = user.reason { members.append(("reason", JSONText.quoted(reason))) }
        return Array("{\(members.map { "\"\($0)\":\($1)" }.joined(separator: ","))}".utf8)
    }

    /// The policy names of the `RateLimit` field, with its numbers written out.
    private static func json(_ state: LimitState) -> String {
        let window = state.policy.period.components.seconds
        return "{\"policy\":\"\(state.kind.rawValue)\",\"quota\":\(state.policy.permits),\"window_seconds\":\(window),"
            + "\"burst\":\(state.policy.burst),\"remaining\":\(state.remaining)}"
    }
}
