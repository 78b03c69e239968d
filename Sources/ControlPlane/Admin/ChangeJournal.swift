// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit

/// Where the admin API writes down what it is about to change and what became of it. Blocks: never on an event loop.
package protocol ChangeJournal: Sendable {
    /// Returns when the event is durable.
    func record(_ event: AdminEvent) throws(AdminProblem)

    func pseudonyms() throws(AdminProblem) -> Pseudonyms
}

extension AdminProblem {
    /// Why nothing can be recorded.
    package init(_ error: JournalError) {
        switch error {
        case .unavailable(let problem): self.init(unrecordable: "\(problem)")
        case .stopped: self.init(unrecordable: "it is closed, because the gateway stops")
        case .invalid, .unknownIntent, .duplicateIntent, .tooManyOpenIntents:
            self.init(
                status: 500, kind: "internal", title: "The operation failed.",
                detail:
                    "Nothing was changed: the record of the change was refused. This is a mistake of the gateway's own."
            )
        }
    }

    /// - Parameter reason: path and cause.
    package init(unrecordable reason: String) {
        self.init(
            status: 503, kind: "audit-unavailable", title: "The audit journal is not available.",
            detail: "Nothing was changed, because the change could not be recorded (\(reason)). "
                + "See /readyz, put the journal's directory right, and try again.")
    }

    /// The change was made, and that could not be written down.
    static let endNotRecorded = AdminProblem(
        status: 503, kind: "outcome-not-recorded", title: "The change was made and its end could not be recorded.",
        detail: "The audit journal failed after it had recorded that the change would be made. "
            + "Look at the entry before you repeat anything; see /readyz for the journal.")
}
