// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import StrictJSON

/// Where the journal ended when a checkpoint was last signed, and which directories hold segments of it. Signed, and kept apart
/// from the segments, so that a start notices when a part of them is not there.
///
/// A file of fixed length with two slots, written in turn: neither a crash nor a full disk takes both. Used by one
/// thread at a time.
struct JournalBookmark {
    static let name = "audit.last"
    private static let slots = 2
    private static let slotBytes = 16 * 1024

    let path: String
    let key: CheckpointPublicKey

    /// Nil when there is none, or none of this key.
    private(set) var last: Entry?

    /// Something of this key stands there, but nothing that it signed.
    private(set) var isUnreadable = false
    private var nextSlot = 0

    struct Entry: Equatable {
        /// Which of two was written later.
        let number: UInt64
        let checkpoint: Checkpoint

        /// As they are noted; see `JournalBookmark.directories`.
        let directories: [String]

        private static let suffix = "/last"
        private static let lineCount = 8

        /// What is signed. Its first line keeps it from being taken for a checkpoint.
        var text: String {
            let root = Data(checkpoint.root.array).base64EncodedString()
            let list = directories.map(JSONText.quoted).joined(separator: ",")
            return "\(checkpoint.origin)\(Self.suffix)\n\(number)\n\(checkpoint.size)\n\(root)\n[\(list)]\n"
        }

        static func beginning(for key: CheckpointPublicKey) -> String { "\(key.name)\(suffix)\n" }

        init(number: UInt64, checkpoint: Checkpoint, directories: [String]) {
            self.number = number
            self.checkpoint = checkpoint
            self.directories = directories
        }

        /// Nil when it was not signed by `key`.
        init?(note: String, verifyingWith key: CheckpointPublicKey) {
            let lines = note.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            guard lines.count == Self.lineCount, lines[0] == key.name + Self.suffix, lines[5].isEmpty,
                lines[7].isEmpty, let number = UInt64(lines[1]),
                let checkpoint = Checkpoint(lines: [key.name] + lines[2...3]),
                let list = try? JSONDocument.parse(Array(lines[4].utf8)).root.elements
            else { return nil }
            self.init(number: number, checkpoint: checkpoint, directories: list.compactMap(\.string))
            guard text == lines.prefix(5).map({ $0 + "\n" }).joined(),
                NoteSignature.isValid(lines[6], of: text, by: key)
            else { return nil }
        }
    }

    init(at path: String, verifyingWith key: CheckpointPublicKey) throws(JournalOpenError) {
        self.path = path
        self.key = key
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            let code = errno
            if code == ENOENT { return }
            throw .io(path: path, reason: systemMessage(code))
        }
        defer { close(descriptor) }
        for slot in 0..<Self.slots {
            let text = try Self.read(slot, of: descriptor, path)
            if let entry = Entry(note: text, verifyingWith: key) {
                guard entry.number > last?.number ?? 0 else { continue }
                last = entry
                nextSlot = (slot + 1) % Self.slots
            } else if text.hasPrefix(Entry.beginning(for: key)) {
                isUnreadable = true
            }
        }
        // One that a crash has left half written is as it should be.
        if last != nil { isUnreadable = false }
    }

    private static func read(_ slot: Int, of descriptor: CInt, _ path: String) throws(JournalOpenError) -> String {
        var bytes = [UInt8](repeating: 0, count: slotBytes)
        let count = pread(descriptor, &bytes, slotBytes, off_t(slot * slotBytes))
        guard count >= 0 else { throw .io(path: path, reason: systemMessage(errno)) }
        return String(decoding: bytes.prefix(count).prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Durable when it returns.
    /// - Parameter directories: that hold segments.
    mutating func write(
        _ checkpoint: Checkpoint, in directories: [String], signedBy key: CheckpointKey
    ) throws(CheckpointFileError) {
        let entry = Entry(
            number: (last?.number ?? 0) + 1, checkpoint: checkpoint, directories: directories.map(noted))
        let signature: String
        do throws(CheckpointKeyError) {
            signature = try NoteSignature.line(for: entry.text, by: key)
        } catch {
            throw CheckpointFileError(reason: "it could not be signed")
        }
        let bytes = Array((entry.text + "\n" + signature + "\n").utf8) + [0]
        guard bytes.count <= Self.slotBytes else { throw CheckpointFileError(reason: "paths too long for it") }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw CheckpointFileError("open") }
        defer { close(descriptor) }
        try reserve(descriptor)
        guard pwrite(descriptor, bytes, bytes.count, off_t(nextSlot * Self.slotBytes)) == bytes.count else {
            throw CheckpointFileError("pwrite")
        }
        guard fsync(descriptor) == 0 else { throw CheckpointFileError("fsync") }
        nextSlot = (nextSlot + 1) % Self.slots
        last = entry
    }

    /// Takes the room for good, when the file is new.
    private func reserve(_ descriptor: CInt) throws(CheckpointFileError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw CheckpointFileError("fstat") }
        let (length, whole) = (Int(status.st_size), Self.slots * Self.slotBytes)
        guard length < whole else { return }
        let zeros = [UInt8](repeating: 0, count: whole - length)
        guard pwrite(descriptor, zeros, zeros.count, off_t(length)) == zeros.count else {
            throw CheckpointFileError("pwrite")
        }
        do throws(DiskError) {
            try POSIXDisk().syncDirectory(URL(filePath: path).deletingLastPathComponent().path)
        } catch {
            throw CheckpointFileError(reason: error.description)
        }
    }
}
