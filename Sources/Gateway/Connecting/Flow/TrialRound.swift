// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody

/// Whose credentials are tried in a round: each round goes on where the one before it ended, so that nobody waits for ever
/// behind those whom WegoWise never answers about.
struct TrialRound: Sendable {
    private typealias Place = (tenant: TenantName, name: HomeUserName)
    private var last: Place?

    init() {}

    /// - Parameter users: those that can be tried, by tenant and name.
    mutating func next(of users: [HomeUser], atMost count: Int) -> [HomeUser] {
        let start = last.flatMap { last in users.firstIndex { ($0.tenant, $0.name) > last } } ?? users.startIndex
        let chosen = Array((users[start...] + users[..<start]).prefix(count))
        if let end = chosen.last { last = (end.tenant, end.name) }
        return chosen
    }
}
