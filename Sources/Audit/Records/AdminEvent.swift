// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A change of tenants, consumers, users, callers, keys, limits or configuration: who, what, and the fingerprints of
/// what was there and what is there now. The types leave no way in for a value.
package struct AdminEvent: Sendable, Equatable {
    /// Who: an operator, a caller, the gateway itself.
    package var actor: String
    package var action: Action
    package var object: Object
    package var tenant: String?

    /// How far the change is. Nil for what the gateway does by itself: that is recorded once.
    package var result: Result?

    /// Slug of the problem that refused or failed the change.
    package var problem: String?

    /// Nil when nothing was there before, or nothing is there afterwards.
    package var old: Fingerprint?
    package var new: Fingerprint?
    package var requestID: String?

    package init(actor: String, action: Action, object: Object, tenant: String? = nil) {
        self.actor = actor
        self.action = action
        self.object = object
        self.tenant = tenant
    }

    package enum Action: String, Sendable, CaseIterable {
        case add, remove, change, rotate, freeze, thaw, revoke, connect, retain
        case `import`
        /// Of answers in the quarantine.
        case quarantine, resolve, discard
        /// What the gateway learns about a home user's access.
        case suspect, activate, destroy, unknown, revert
    }

    /// An operator's change is recorded twice, with one request id: before it is made and when it has ended. Without
    /// the second record the gateway ended before it could say.
    package enum Result: String, Sendable, CaseIterable {
        case begun, done, failed
    }

    /// What was changed. Home users stand under their pseudonym, as everywhere in the journal.
    package enum Object: Sendable, Equatable {
        case tenant(String)
        case consumer(String)
        /// Nil for one that is only about to get a key, and with it a pseudonym.
        case user(UserPseudonym?)
        case caller(String)
        case limits(String)
        case configuration(String)
        case journal(String)

        package var kind: String {
            switch self {
            case .tenant: "tenant"
            case .consumer: "consumer"
            case .user: "user"
            case .caller: "caller"
            case .limits: "limits"
            case .configuration: "configuration"
            case .journal: "journal"
            }
        }

        package var name: String? {
            switch self {
            case .tenant(let name), .consumer(let name), .caller(let name), .limits(let name),
                .configuration(let name), .journal(let name):
                name
            case .user(let user): user?.text
            }
        }
    }
}
