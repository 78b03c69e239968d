// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit

/// The journal as the path of a request sees it. From any thread; completions come on any thread, possibly at once, and
/// exactly once.
package protocol CallJournal: Sendable {
    typealias Completion = @Sendable (Result<UInt64, JournalError>) -> Void

    /// Several at once, which costs little more than one.
    func record(_ entries: [CallEntry])

    /// Before a call is sent. The number that `completion` gets is what the send gate is asked to see durable; 0 for
    /// nothing.
    func recordIntent(_ intent: CallIntent, changesNothing: Bool, then completion: @escaping Completion)

    /// Before the answer of a call with an intent is released.
    func recordOutcome(_ outcome: CallOutcome, then completion: @escaping Completion)

    /// A request that was refused. Nobody waits.
    func recordDenial(_ record: CallRecord, user: UserPseudonym?)

    /// A change that the gateway made by itself. Nobody waits; it is written before the outcome of the call that led to
    /// it.
    func recordChange(_ event: AdminEvent)
}

/// What a call wants recorded, and who is to be told.
package enum CallEntry: Sendable {
    case intent(CallIntent, changesNothing: Bool, then: CallJournal.Completion)
    case outcome(CallOutcome, then: CallJournal.Completion)
}

extension CallJournal {
    package func record(_ entries: [CallEntry]) {
        for entry in entries {
            switch entry {
            case .intent(let intent, let changesNothing, let completion):
                recordIntent(intent, changesNothing: changesNothing, then: completion)
            case .outcome(let outcome, let completion):
                recordOutcome(outcome, then: completion)
            }
        }
    }
}

/// Where nothing is to be recorded: tests, and calls that cannot leave.
package struct NoJournal: CallJournal {
    package init() {}

    package func recordIntent(_ intent: CallIntent, changesNothing: Bool, then completion: @escaping Completion) {
        completion(.success(0))
    }

    package func recordOutcome(_ outcome: CallOutcome, then completion: @escaping Completion) {
        completion(.success(0))
    }

    package func recordDenial(_ record: CallRecord, user: UserPseudonym?) {}

    package func recordChange(_ event: AdminEvent) {}
}
