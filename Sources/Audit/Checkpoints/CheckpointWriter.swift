// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Signs checkpoints and keeps them. Used by one thread at a time.
struct CheckpointWriter {
    private let key: CheckpointKey
    private var files: [CheckpointFile]
    private let copies: CheckpointCopies?
    private let directories: [JournalDirectory]
    private var bookmark: JournalBookmark

    /// - Parameter directories: the first that takes a checkpoint gets it.
    init(
        key: CheckpointKey, directories: [JournalDirectory], copies: CheckpointCopies?, bookmark: JournalBookmark
    ) throws(JournalOpenError) {
        self.key = key
        self.copies = copies
        self.directories = directories
        self.bookmark = bookmark
        files = []
        for directory in directories {
            files.append(try CheckpointFile(in: directory.path, verifyingWith: key.publicKey))
        }
    }

    /// The highest checkpoint beside the segments.
    var last: Checkpoint? {
        files.compactMap(\.last).max { $0.size < $1.size }
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

    /// Signs for `chain`, stores the note, hands it to the copies, and moves the bookmark.
    /// - Parameter places: the directories that hold segments.
    /// - Returns: what could not be written, by path; `isStored` when a directory of segments has it.
    mutating func write(
        _ chain: ChainState, in places: [String]
    ) -> (isStored: Bool, failures: [(path: String, reason: String)]) {
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
            do throws(CheckpointFileError) {
                if let reason = directories[index].alteration { throw CheckpointFileError(reason: reason) }
                try files[index].append(note, size: checkpoint.size)
                isStored = true
            } catch {
                failures.append((files[index].path, error.reason))
            }
        }
        copies?.put(note, size: checkpoint.size)
        if let failure = moveBookmark(to: checkpoint, in: places) { failures.append(failure) }
        return (isStored, failures)
    }

    /// Moves only the bookmark.
    /// - Returns: why it could not be moved, with its path.
    mutating func moveBookmark(
        to checkpoint: Checkpoint, in places: [String]
    ) -> (path: String, reason: String)? {
        do throws(CheckpointFileError) {
            try bookmark.write(checkpoint, in: places, signedBy: key)
            return nil
        } catch {
            return (bookmark.path, error.reason)
        }
    }
}
