// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// A file of signed checkpoints, one after the other, the smallest first.
///
/// Used by one thread at a time.
struct CheckpointFile {
    static let name = "checkpoints"

    let path: String
    private let directory: String

    /// Length up to the last whole checkpoint.
    private(set) var byteCount = 0
    private(set) var last: Checkpoint?

    /// Reads what is there. A note that was cut off at the end does not count and is overwritten by the next one.
    init(in directory: String, verifyingWith key: CheckpointPublicKey) throws(JournalOpenError) {
        self.directory = directory
        path = directory + "/" + Self.name
        guard access(path, F_OK) == 0 else { return }
        let reader = try CheckpointReader(path)
        var latest: (lines: [String], line: Int)?
        while let note = try reader.next() {
            latest = note
            byteCount = reader.offset
        }
        guard let latest else { return }
        last = SignedCheckpoint.verify(latest.lines, with: key)
        guard last != nil else {
            throw .damaged(segment: Self.name, line: latest.line, reason: "a checkpoint without a valid signature")
        }
    }

    /// Appends a note and makes it durable.
    mutating func append(_ note: String) throws(DiskError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw DiskError(call: "open", code: errno) }
        defer { close(descriptor) }
        let bytes = Array(note.utf8)
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw DiskError(call: "ftruncate", code: errno) }
        let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(byteCount)) }
        guard written == bytes.count else { throw DiskError(call: "write", code: written < 0 ? errno : EIO) }
        guard fsync(descriptor) == 0 else { throw DiskError(call: "fsync", code: errno) }
        if byteCount == 0 { try POSIXDisk().syncDirectory(directory) }
        byteCount += bytes.count
    }
}

/// Reads a file of checkpoints note by note, up to the length it has when it is opened.
final class CheckpointReader {
    private let reader: LineReader
    private let limit: Int
    private var line = 1

    /// End of the last whole note.
    private(set) var offset = 0

    init(_ path: String) throws(JournalOpenError) {
        reader = try LineReader(path)
        var status = stat()
        limit = stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The next six lines and the number of the first; nil at the end, or where a note is cut off.
    func next() throws(JournalOpenError) -> (lines: [String], line: Int)? {
        var lines: [String] = []
        while lines.count < SignedCheckpoint.lineCount {
            let text: String? = try reader.next { next in
                guard case .whole(let bytes) = next else { return nil }
                return String(decoding: bytes, as: UTF8.self)
            }
            guard let text, reader.offset <= limit else { return nil }
            lines.append(text)
        }
        defer { line += SignedCheckpoint.lineCount }
        offset = reader.offset
        return (lines, line)
    }
}
