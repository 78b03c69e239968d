// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import NIOCore
import Synchronization

/// How often a home user may turn from active to suspect and back. Each turn is a write to the disk and empties caches; an
/// upstream that says yes and no by turns would cost that with every call. Calls are sent in both states. From any thread.
package final class TurnLimit: Sendable {
    /// Turns of one user within `window`.
    static let maximum = 6

    static let window = TimeAmount.seconds(60)

    /// Users remembered at once; more than turn in a minute are not held back.
    static let maximumUsers = 4_096

    private struct Key: Hashable {
        let tenant: TenantName
        let user: HomeUserName

        init(_ user: HomeUser) {
            tenant = user.tenant
            self.user = user.name
        }
    }

    private struct Turns {
        let began: NIODeadline
        var count = 0
    }

    private let turns = Mutex<[Key: Turns]>([:])

    package init() {}

    func allows(_ user: HomeUser, at now: NIODeadline) -> Bool {
        turns.withLock { turns in
            guard let known = turns[Key(user)], now - known.began < Self.window else { return true }
            return known.count < Self.maximum
        }
    }

    func count(_ user: HomeUser, at now: NIODeadline) {
        turns.withLock { turns in
            if turns.count >= Self.maximumUsers { turns = turns.filter { now - $0.value.began < Self.window } }
            let known = turns[Key(user)]
            guard known != nil || turns.count < Self.maximumUsers else { return }
            var latest = Turns(began: now)
            if let known, now - known.began < Self.window { latest = known }
            latest.count += 1
            turns[Key(user)] = latest
        }
    }
}
