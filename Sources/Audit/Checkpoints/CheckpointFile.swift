// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// A file of signed checkpoints, one after the other, the smallest first.
///
/// Used by one thread at a time.
struct CheckpointFile {
    static let name = "checkpoints"

    let path: String
    let directory: String
    let key: CheckpointPublicKey

    /// Length up to the last whole checkpoint.
    var byteCount = 0
    private(set) var last: Checkpoint?

    /// Where the last append, if it went well, has left the file.
    var place: Place?

    /// Which file it is, and how long.
    struct Place: Equatable {
        let device: UInt64
        let inode: UInt64
        let byteCount: Int

        init(device: UInt64, inode: UInt64, byteCount: Int) {
            self.device = device
            self.inode = inode
            self.byteCount = byteCount
        }

        init(_ status: stat) {
            self.init(
                device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino),
                byteCount: Int(status.st_size))
        }
    }

    /// Reads what is there. A note that was cut off at the end does not count; the next append removes it.
    init(in directory: String, verifyingWith key: CheckpointPublicKey) throws(JournalOpenError) {
        self.directory = directory
        self.key = key
        path = directory + "/" + Self.name
        guard access(path, F_OK) == 0 else { return }
        try readNotes(from: try Self.tailStart(path))
    }

    /// - Parameter start: where a note begins.
    mutating func readNotes(from start: Int) throws(JournalOpenError) {
        let reader = try CheckpointReader(path, from: start)
        var latest: (lines: [String], line: Int)?
        last = nil
        byteCount = start
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

    /// Where one of the last notes begins: a start must not read what a year has left.
    static func tailStart(_ path: String) throws(JournalOpenError) -> Int {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw .io(path: path, reason: systemMessage(errno)) }
        defer { close(descriptor) }
        let start = Int(lseek(descriptor, 0, SEEK_END)) - tailBytes
        guard start > 0 else { return 0 }
        var bytes = [UInt8](repeating: 0, count: tailBytes)
        let count = pread(descriptor, &bytes, tailBytes, off_t(start))
        guard count >= 0 else { throw .io(path: path, reason: systemMessage(errno)) }
        let text = Data(bytes.prefix(count))
        // Only the line of a signature begins with a dash; an empty line follows, and then the next note.
        guard let signature = text.range(of: Data("\n\u{2014} ".utf8)),
            let end = text.range(of: Data("\n\n".utf8), in: signature.upperBound..<text.endIndex)
        else { return 0 }
        return start + end.upperBound
    }

    private static let tailBytes = 16 * 1024

    /// Replaces the file by one without the checkpoints for fewer than `size` records.
    mutating func trim(below size: UInt64) throws(JournalOpenError) {
        guard byteCount > 0, let first = try CheckpointReader(path).next(),
            let oldest = SignedCheckpoint.parse(first.lines), oldest.size < size
        else { return }
        let reader = try CheckpointReader(path)
        let replacement = try ReplacingFile(path, mode: 0o644)
        var kept = 0
        while reader.offset < byteCount, let note = try reader.next() {
            guard let checkpoint = SignedCheckpoint.parse(note.lines) else { return }
            guard checkpoint.size >= size else { continue }
            let bytes = Array(note.lines.map { $0 + "\n" }.joined().utf8)
            try replacement.write(bytes)
            kept += bytes.count
        }
        // The last one stays in any case: it says how far the journal must reach.
        guard kept > 0 else { return }
        try replacement.commit()
        byteCount = kept
        place = nil
    }
}

/// Reads a file of checkpoints note by note, up to the length it has when it is opened.
final class CheckpointReader {
    private let reader: LineReader
    private let limit: Int
    private var line = 1

    /// End of the last whole note.
    private(set) var offset = 0

    /// - Parameter start: where a note begins.
    init(_ path: String, from start: Int = 0) throws(JournalOpenError) {
        reader = try LineReader(path, from: start)
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
