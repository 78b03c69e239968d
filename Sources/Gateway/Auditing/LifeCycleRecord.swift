// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody

/// Writes down what a call changed in custody.
package struct LifeCycleRecord: Sendable {
    private let journal: any CallJournal
    private let pseudonyms: Pseudonyms?

    /// Empty for what no request led to.
    private let requestID: String

    /// The caller whose call it is, for changes that it asked for; nil for a person who comes back from WegoWise.
    private let caller: String?

    package init(journal: any CallJournal, pseudonyms: Pseudonyms?, requestID: String, caller: String?) {
        self.journal = journal
        self.pseudonyms = pseudonyms
        self.requestID = requestID
        self.caller = caller
    }

    package enum Cause: Sendable {
        /// The call asked for it.
        case caller
        /// The gateway drew it from an answer.
        case gateway
    }

    /// Runs `body` and records `action`, if it changed the home user.
    package func recording<R, E: Error>(
        _ action: AdminEvent.Action, _ cause: Cause, of name: HomeUserName, in tenant: TenantName,
        _ custody: any CustodyStore, _ body: () throws(E) -> R
    ) throws(E) -> R {
        try recording(cause, of: name, in: tenant, custody, body) { _, _ in action }
    }

    /// The same where the outcome tells what was done: `action` gets the result and the home user as it is then.
    package func recording<R, E: Error>(
        _ cause: Cause, of name: HomeUserName, in tenant: TenantName, _ custody: any CustodyStore,
        _ body: () throws(E) -> R, as action: (R, HomeUser?) -> AdminEvent.Action?
    ) throws(E) -> R {
        let before = custody.snapshot.homeUser(name, in: tenant)
        let result = try body()
        let after = custody.snapshot.homeUser(name, in: tenant)
        guard before?.user != after?.user, let action = action(result, after?.user) else { return result }
        record(action, cause, of: tenant, before: before, after: after)
        return result
    }

    /// What the store changed by itself.
    package func record(_ change: SettledChange) {
        let action: AdminEvent.Action =
            switch change.cause {
            case .creatorIsGone: .unknown
            case .answerTakenIn: .quarantine
            }
        record(action, .gateway, of: change.after.user.tenant, before: change.before, after: change.after)
    }

    private var asker: String {
        guard let caller else { return "browser" }
        return caller.hasPrefix("(operator") ? String(caller.dropFirst().dropLast()) : "caller:\(caller)"
    }

    private func record(
        _ action: AdminEvent.Action, _ cause: Cause, of tenant: TenantName, before: HomeUserAccess?,
        after: HomeUserAccess?
    ) {
        var event = AdminEvent(
            actor: cause == .gateway ? "gateway" : asker, action: action,
            object: .user(pseudonyms?.user(after) ?? pseudonyms?.user(before)), tenant: tenant.rawValue)
        event.requestID = requestID.isEmpty ? nil : requestID
        // What is left of a destroyed user has no key any more: the one it had speaks for both.
        let salt = after?.keyIdentifier ?? before?.keyIdentifier
        event.old = before.flatMap { pseudonyms?.fingerprint(of: $0.user, salt: $0.keyIdentifier ?? salt) }
        event.new = after.flatMap { pseudonyms?.fingerprint(of: $0.user, salt: salt) }
        journal.recordChange(event)
    }
}

extension Pseudonyms {
    /// Nil without a key of the user: then nothing can be tied to it any more.
    package func user(_ access: HomeUserAccess?) -> UserPseudonym? {
        guard let access, let salt = access.keyIdentifier else { return nil }
        return user(tenant: access.user.tenant.rawValue, name: access.user.name.rawValue, salt: salt.utf8)
    }

    /// Of everything that may be shown about a home user; nil without a key of the user.
    package func fingerprint(of access: HomeUserAccess) -> Fingerprint? {
        fingerprint(of: access.user, salt: access.keyIdentifier)
    }

    /// - Parameter salt: from the user's key: with its destruction a guess at the user cannot be tried any more.
    func fingerprint(of user: HomeUser, salt: String?) -> Fingerprint? {
        guard let salt else { return nil }
        let parts: [String?] = [
            salt,
            user.consumer.rawValue, "\(user.isDeveloper)", user.state.rawValue, user.reason, "\(user.since)",
            "\(user.created)", "\(user.credentialVersion)", user.upstreamUsername, user.upstreamID,
            "\(user.hasCredential)",
        ]
        return fingerprint("home-user", of: parts.map { $0 ?? "" }.joined(separator: "\u{1F}").utf8)
    }
}
