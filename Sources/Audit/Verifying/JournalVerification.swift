// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// What a verification found.
package struct JournalVerification: Sendable, Equatable {
    package internal(set) var records: UInt64 = 0
    /// Records that were removed before the first one, as a signed tombstone says.
    package internal(set) var removed: UInt64 = 0
    package internal(set) var bytes = 0
    package internal(set) var segments = 0
    package internal(set) var checkpoints = 0

    /// Number of records that a signed checkpoint vouches for.
    package internal(set) var covered: UInt64 = 0

    /// Intents without an outcome at the end: calls in flight, or a crash that no start has followed.
    package internal(set) var openIntents = 0

    /// Bytes of a last line that is not whole: being written now, or torn by a crash.
    package internal(set) var unfinishedBytes = 0
    package internal(set) var firstBad: BadRecord?

    package var isOK: Bool { firstBad == nil }

    /// One JSON object: `ok`, `records`, `first_bad` and the counts.
    package var json: String {
        let bad = firstBad.map { bad in
            "{\"segment\":\(JSONText.quoted(bad.segment)),\"line\":\(bad.line),\"seq\":\(bad.sequence),"
                + "\"reason\":\(JSONText.quoted(bad.reason))}"
        }
        return "{\"ok\":\(isOK),\"records\":\(records),\"first_bad\":\(bad ?? "null"),\"segments\":\(segments),"
            + "\"bytes\":\(bytes),\"checkpoints\":\(checkpoints),\"covered\":\(covered),"
            + "\"removed\":\(removed),\"open_intents\":\(openIntents),\"unfinished_bytes\":\(unfinishedBytes)}"
    }
}

/// The first thing that does not fit.
package struct BadRecord: Error, Sendable, Equatable {
    /// File name, without directory.
    package let segment: String

    /// From 1; 0 when the file as a whole is meant.
    package let line: Int

    /// Number of the record that was expected here; 0 when the files do not fit together.
    package let sequence: UInt64
    package let reason: String
}
