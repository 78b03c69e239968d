// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Which records somebody wants to see. Nil asks for nothing; all that is asked for must hold.
package struct JournalQuery: Sendable, Equatable {
    /// Microseconds since 1970; from the first on, before the second.
    package var from: Int64?
    package var until: Int64?
    package var tenant: String?

    /// The pseudonym; see `Pseudonyms`.
    package var user: UserPseudonym?
    package var caller: String?

    /// The template.
    package var route: String?
    package var status: ClosedRange<Int>?
    package var decision: Decision?
    package var requestID: String?

    package init() {}

    package enum Decision: String, Sendable, CaseIterable {
        /// Sent upstream, or about to be, whatever came back.
        case forwarded
        /// Denied, or not sent because the intent was not durable in time.
        case refused
    }

    package func matches(_ entry: JournalEntry) -> Bool {
        let facts = entry.facts
        if let from, entry.time < from { return false }
        if let until, entry.time >= until { return false }
        if let requestID, facts.requestID != requestID { return false }
        if let tenant, facts.tenant != tenant { return false }
        if let user, facts.user != user.text { return false }
        if let caller, facts.caller != caller { return false }
        if let route, facts.route != route { return false }
        if let status {
            guard let found = facts.status, status.contains(Int(found)) else { return false }
        }
        if let decision, entry.decision != decision { return false }
        return true
    }
}

extension JournalEntry {
    /// Nil for what is no call.
    package var decision: JournalQuery.Decision? {
        switch kind {
        case .intent: .forwarded
        case .outcome: facts.result == CallOutcome.Result.notSent.rawValue ? .refused : .forwarded
        case .denied: .refused
        case .admin, .start, .stop, .recovered, .segment: nil
        }
    }
}
