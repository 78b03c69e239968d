// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Signs checkpoints and keeps them. Used by one thread at a time.
struct CheckpointWriter {
    private let key: CheckpointKey
    private var files: [CheckpointFile]
    private var copy: CheckpointFile?

    /// - Parameter directories: the first that takes a checkpoint gets it.
    init(key: CheckpointKey, directories: [String], copies: String?) throws(JournalOpenError) {
        self.key = key
        files = []
        for directory in directories { files.append(try CheckpointFile(in: directory, verifyingWith: key.publicKey)) }
        if let copies { copy = try CheckpointFile(in: copies, verifyingWith: key.publicKey) }
    }

    /// The highest checkpoint there is.
    var last: Checkpoint? {
        (files + (copy.map { [$0] } ?? [])).compactMap(\.last).max { $0.size < $1.size }
    }

    /// Signs for the removal of all records before a segment.
    func sign(_ tombstone: Tombstone) throws(CheckpointKeyError) -> String {
        try tombstone.note(signedBy: key)
    }

    var origin: String { key.publicKey.name }

    /// Drops the checkpoints for fewer than `size` records, whose records are gone. The copies keep all.
    mutating func trim(below size: UInt64) throws(JournalOpenError) {
        for index in files.indices { try files[index].trim(below: size) }
    }

    /// Signs for `chain` and stores the note.
    /// - Returns: what could not be written, by path; `isStored` when at least one place beside the copy has it.
    mutating func write(_ chain: ChainState) -> (isStored: Bool, failures: [(path: String, reason: String)]) {
        let checkpoint = Checkpoint(origin: key.publicKey.name, size: chain.sequence, root: chain.tree.root)
        var failures: [(path: String, reason: String)] = []
        let note: String
        do throws(CheckpointKeyError) {
            note = try SignedCheckpoint.text(checkpoint, signedBy: key)
        } catch {
            return (false, [("", "a checkpoint could not be signed")])
        }
        var isStored = false
        for index in files.indices where !isStored {
            do throws(DiskError) {
                try files[index].append(note)
                isStored = true
            } catch {
                failures.append((files[index].path, error.description))
            }
        }
        if copy != nil {
            do throws(DiskError) { try copy?.append(note) } catch {
                failures.append((copy?.path ?? "", error.description))
            }
        }
        return (isStored, failures)
    }
}
