// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Whether a journal records.
package enum JournalHealth: Sendable, Equatable {
    case available

    /// No new segment can be created: only outcomes of calls in flight are taken, into the space kept for them.
    case outcomesOnly(JournalProblem)
    case unavailable(JournalProblem)

    package var problem: JournalProblem? {
        switch self {
        case .available: nil
        case .outcomesOnly(let problem), .unavailable(let problem): problem
        }
    }
}

/// A journal at one moment; for readiness, metrics and tests.
package struct JournalStatus: Sendable {
    package let health: JournalHealth

    /// Number of the last record that was encoded, and of the last that is synced.
    package let sequence: UInt64
    package let durableSequence: UInt64

    /// Number of records under the last signed checkpoint.
    package let checkpointed: UInt64
    package let openIntents: Int

    /// Nil while there is no segment that can be trusted.
    package let segment: UInt64?

    /// Why the segment is in the second directory, if it is.
    package let fallback: JournalProblem?
    package let counts: JournalCounts
}

/// Since the journal was opened.
package struct JournalCounts: Sendable, Equatable {
    package var appended: UInt64 = 0
    package var refused: UInt64 = 0
    package var writes: UInt64 = 0
    package var syncs: UInt64 = 0

    /// Sum and maximum of the time that syncs took.
    package var syncMicroseconds: UInt64 = 0
    package var longestSyncMicroseconds: UInt64 = 0
    package var segments: UInt64 = 0

    /// In another directory than the first.
    package var fallbackSegments: UInt64 = 0
    package var failedSegments: UInt64 = 0
    package var failedCheckpoints: UInt64 = 0

    /// Refused since the journal became unavailable; part of `refused`.
    var refusedInARow = 0
}

/// What an operator should find in the log.
package enum JournalEvent: Sendable, Equatable {
    case becameUnavailable(JournalProblem)
    case acceptsOutcomesOnly(JournalProblem)
    case becameAvailable
    case segmentFailed(number: UInt64, JournalProblem)

    /// The next segment goes to the second directory; told once for each reason.
    case directoryRefused(JournalProblem)
    case segmentOpened(number: UInt64, path: String)
    case checkpointFailed(path: String, reason: String)

    /// Something at the start that only a person can judge; one sentence.
    case needsAttention(String)
}
