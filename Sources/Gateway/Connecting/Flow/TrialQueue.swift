// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Synchronization

/// One trial of a new credential at a time for each home user: going back from one must not undo another that was just
/// confirmed. A trial ends within the time for a turn and the time-out of an upstream call, and so does each wait for one.
final class TrialQueue: Sendable {
    struct Key: Hashable, Sendable {
        let tenant: TenantName
        let user: HomeUserName

        init(_ user: HomeUser) {
            tenant = user.tenant
            self.user = user.name
        }

        init(_ session: OAuthSession) {
            tenant = session.tenant
            user = session.user
        }
    }

    /// Those under way, with what waits for their end. As many as there are open sessions, which custody bounds.
    private let trials = Mutex<[Key: [@Sendable () -> Void]]>([:])

    /// Runs `body` at once, or when those before it have left; then on whatever thread that happens.
    func enter(_ key: Key, _ body: @escaping @Sendable () -> Void) {
        let isFree = trials.withLock { trials in
            guard trials[key] != nil else {
                trials[key] = []
                return true
            }
            trials[key]?.append(body)
            return false
        }
        if isFree { body() }
    }

    /// Enters unless somebody else is there.
    func enterIfFree(_ key: Key) -> Bool {
        trials.withLock { trials in
            guard trials[key] == nil else { return false }
            trials[key] = []
            return true
        }
    }

    func leave(_ key: Key) {
        let next: (@Sendable () -> Void)? = trials.withLock { trials in
            guard let waiting = trials[key], let first = waiting.first else {
                trials[key] = nil
                return nil
            }
            trials[key] = Array(waiting.dropFirst())
            return first
        }
        next?()
    }
}
