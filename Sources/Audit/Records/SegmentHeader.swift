// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The first record of a segment: all that is needed to go on from here without the segments before.
package struct SegmentHeader: Sendable, Equatable {
    package var number: UInt64

    /// Number of the segment before; 0 for the first.
    package var previous: UInt64
    package var durability: JournalDurability

    /// The tree before this record.
    package var tree: CompactRange

    /// Request ids of the intents that have no outcome yet, sorted.
    package var open: [String]

    /// Present when the segment before could not be trusted any more.
    package var failed: FailedSegment?

    /// Numbers that were begun and given up before anything in them counted.
    package var abandoned: [UInt64]
}

/// A segment in which a write or a sync failed. What it holds behind `after` was written again, to the next segment.
package struct FailedSegment: Sendable, Equatable {
    package var number: UInt64

    /// Sequence number of its last record that counts.
    package var after: UInt64
}

/// What the journal promises before a call goes on.
package enum JournalDurability: String, Sendable, CaseIterable {
    /// Intent durable before the first upstream byte, outcome written before the answer.
    case strict
    /// The same, and the outcome durable before the answer.
    case paranoid
    /// As strict, but for reads the intent is only written, and synced within `lazySyncDelay`.
    case relaxed

    /// - Parameter changesNothing: the call is a read.
    package func promiseForIntent(changesNothing: Bool) -> JournalPromise {
        self == .relaxed && changesNothing ? .written : .durable
    }

    package var promiseForOutcome: JournalPromise {
        self == .paranoid ? .durable : .written
    }
}

/// When an append counts as done.
package enum JournalPromise: Sendable {
    /// Handed to the operating system: survives the end of this process, not a power failure.
    case written
    /// Synced to the device.
    case durable
}
