// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit

/// The journal behind the path of a request.
package struct AuditTrail: CallJournal {
    private let journal: Journal
    private let whenDurable: @Sendable (UInt64) -> Void

    /// - Parameter whenDurable: Told, on the journal's threads, up to which record the disk has everything, before the call
    ///   that waited for it goes on; for the send gate.
    package init(_ journal: Journal, whenDurable: @escaping @Sendable (UInt64) -> Void) {
        self.journal = journal
        self.whenDurable = whenDurable
    }

    package func recordIntent(_ intent: CallIntent, changesNothing: Bool, then completion: @escaping Completion) {
        let isDurable = journal.durability.promiseForIntent(changesNothing: changesNothing) == .durable
        journal.appendIntent(intent, time: JournalClock.utc, changesNothing: changesNothing) { [whenDurable] result in
            guard case .success(let sequence) = result else { return completion(result) }
            if isDurable { whenDurable(sequence) }
            completion(.success(isDurable ? sequence : 0))
        }
    }

    package func recordOutcome(_ outcome: CallOutcome, then completion: @escaping Completion) {
        journal.appendOutcome(outcome, time: JournalClock.utc, whenRecorded: completion)
    }

    package func recordDenial(_ record: CallRecord, user: UserPseudonym?) {
        var denied = DeniedCalls(key: record.denialKey(user: user), count: 1)
        denied.requestID = record.requestID
        denied.traceID = record.traceID
        journal.appendDenied(denied, time: JournalClock.utc)
    }

    package func recordChange(_ event: AdminEvent) {
        // It is made; a journal that is not available keeps the record until it is.
        _ = try? journal.append([JournalRecord(time: JournalClock.utc, content: .admin(event))])
    }
}
