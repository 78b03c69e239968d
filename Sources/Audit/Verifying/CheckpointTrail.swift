// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// The checkpoints of one file, in their order, each with its signature checked.
struct CheckpointTrail {
    private let reader: CheckpointReader
    private let key: CheckpointPublicKey
    private let name: String
    private(set) var next: Checkpoint?
    private(set) var count = 0
    private(set) var highest: UInt64 = 0

    /// A note that could not be taken; found when its turn came.
    private(set) var bad: BadRecord?

    init(_ path: String, key: CheckpointPublicKey) throws(JournalOpenError) {
        reader = try CheckpointReader(path)
        self.key = key
        name = URL(filePath: path).lastPathComponent
        try advance()
    }

    mutating func advance() throws(JournalOpenError) {
        next = nil
        guard bad == nil, let note = try reader.next() else { return }
        guard let checkpoint = SignedCheckpoint.verify(note.lines, with: key) else {
            bad = BadRecord(
                segment: name, line: note.line, sequence: highest, reason: "a checkpoint without a valid signature")
            return
        }
        guard checkpoint.size >= highest else {
            bad = BadRecord(
                segment: name, line: note.line, sequence: highest,
                reason: "a checkpoint for fewer records than the one before")
            return
        }
        count += 1
        highest = checkpoint.size
        next = checkpoint
    }
}
