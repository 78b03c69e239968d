// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One record of several that are appended together.
package struct JournalAppend: Sendable {
    let record: JournalRecord
    let promise: JournalPromise

    /// Called exactly once, with the number of the record; on the journal's threads, or on the appending one.
    let completion: Journal.Completion
}

extension Journal {
    /// An intent, ready to be appended; see `appendIntent`.
    package func intent(
        _ intent: CallIntent, time: Int64, changesNothing: Bool, whenRecorded completion: @escaping Completion
    ) -> JournalAppend {
        JournalAppend(
            record: JournalRecord(time: time, content: .intent(intent)),
            promise: durability.promiseForIntent(changesNothing: changesNothing), completion: completion)
    }

    /// An outcome, ready to be appended; see `appendOutcome`.
    package func outcome(
        _ outcome: CallOutcome, time: Int64, whenRecorded completion: @escaping Completion
    ) -> JournalAppend {
        JournalAppend(
            record: JournalRecord(time: time, content: .outcome(outcome)), promise: durability.promiseForOutcome,
            completion: completion)
    }
}
