// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// Where a journal is kept, and its limits.
package struct JournalConfiguration: Sendable {
    package var directory: String

    /// Takes over when no segment can be created in `directory`. Should stand on another device.
    package var secondDirectory: String?

    /// Directory that gets a copy of every checkpoint; better if it is not on this machine.
    package var checkpointCopies: String?

    /// Holds the signing key; created with mode 0600 if missing. Default: `audit.key` in `directory`.
    package var keyFile: String?

    /// Where the journal's end is noted, best apart from the segments. Default: `audit.last` beside the key.
    package var bookmarkFile: String?
    package var durability = JournalDurability.strict

    /// Of the gateway, for the `start` record.
    package var version = "unknown"
    package var segmentBytes = 64 * 1024 * 1024
    package var segmentAge = Duration.seconds(24 * 3600)

    /// Space kept behind `segmentBytes` for the outcomes of calls in flight when no new segment can be created.
    /// At least 4 KiB for each of `maximumOpenIntents`.
    package var outcomeReserve = 8 * 1024 * 1024

    /// Calls in flight.
    package var maximumOpenIntents = 2048

    /// Encoded records that wait for the disk; beyond, appends are refused.
    package var maximumPendingBytes = 16 * 1024 * 1024
    package var checkpointInterval = Duration.seconds(10)
    package var checkpointRecords: UInt64 = 10_000

    /// How long records that nobody waits for may stay unsynced.
    package var lazySyncDelay = Duration.milliseconds(20)

    /// A write or sync that takes longer makes the journal unavailable until it returns.
    package var stallLimit = Duration.seconds(2)

    /// Between attempts to go on after a failure.
    package var probeInterval = Duration.seconds(1)

    /// Between looks at whether the segment is still the file its name stands for.
    package var inspectionInterval = Duration.seconds(1)

    package init(directory: String) {
        self.directory = directory
    }

    var directories: [String] { [directory] + (secondDirectory.map { [$0] } ?? []) }
    var keyPath: String { keyFile ?? directory + "/audit.key" }
    var bookmarkPath: String {
        bookmarkFile ?? URL(filePath: keyPath).deletingLastPathComponent().path + "/" + JournalBookmark.name
    }

    /// One in each directory, which also shows that it is a journal's.
    var publicKeyPaths: [String] { directories.map { $0 + "/" + CheckpointKey.publicKeyName } }

    func check() throws(JournalOpenError) {
        guard maximumOpenIntents > 0, maximumOpenIntents <= 16_384 else {
            throw .configuration(reason: "maximumOpenIntents: expected 1 to 16384")
        }
        guard outcomeReserve / RecordLimits.outcomeBytes >= maximumOpenIntents else {
            throw .configuration(reason: "outcomeReserve: expected at least 4 KiB for each possible open intent")
        }
        guard segmentBytes >= 4096 else { throw .configuration(reason: "segmentBytes: expected at least 4 KiB") }
    }
}
