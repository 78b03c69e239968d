// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One record of several that are appended together.
package struct JournalAppend: Sendable {
    let record: JournalRecord
    let promise: JournalPromise

    /// Called exactly once, with the number of the record; on the journal's threads, or on the appending one.
    let completion: Journal.Completion

    /// As `Journal.appendIntent` would append it.
    package init(
        _ intent: CallIntent, time: Int64, changesNothing: Bool, under durability: JournalDurability,
        whenRecorded completion: @escaping Journal.Completion
    ) {
        record = JournalRecord(time: time, content: .intent(intent))
        promise = durability.promiseForIntent(changesNothing: changesNothing)
        self.completion = completion
    }

    /// As `Journal.appendOutcome` would append it.
    package init(
        _ outcome: CallOutcome, time: Int64, under durability: JournalDurability,
        whenRecorded completion: @escaping Journal.Completion
    ) {
        record = JournalRecord(time: time, content: .outcome(outcome))
        promise = durability.promiseForOutcome
        self.completion = completion
    }
}
