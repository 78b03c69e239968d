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

    package func record(_ entries: [CallEntry]) {
        let time = JournalClock.utc
        journal.append(each: entries.map { append($0, time: time) })
    }

    package func recordIntent(_ intent: CallIntent, changesNothing: Bool, then completion: @escaping Completion) {
        record([.intent(intent, changesNothing: changesNothing, then: completion)])
    }

    package func recordOutcome(_ outcome: CallOutcome, then completion: @escaping Completion) {
        record([.outcome(outcome, then: completion)])
    }

    private func append(_ entry: CallEntry, time: Int64) -> JournalAppend {
        switch entry {
        case .intent(let intent, let changesNothing, let completion):
            let isDurable = journal.durability.promiseForIntent(changesNothing: changesNothing) == .durable
            return JournalAppend(
                intent, time: time, changesNothing: changesNothing, under: journal.durability
            ) { [whenDurable] result in
                guard case .success(let sequence) = result else { return completion(result) }
                if isDurable { whenDurable(sequence) }
                completion(.success(isDurable ? sequence : 0))
            }
        case .outcome(let outcome, let completion):
            return JournalAppend(outcome, time: time, under: journal.durability, whenRecorded: completion)
        }
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
