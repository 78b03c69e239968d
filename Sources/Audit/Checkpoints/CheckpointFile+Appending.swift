// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

extension CheckpointFile {
    /// Appends a note for `size` records and makes it durable.
    ///
    /// Nothing that stands in the file is ever lost: only what an append of this key has left half written at its end
    /// is cut off. A file that is another one than at the last append, such as that of a file system mounted since, is
    /// read anew.
    mutating func append(_ note: String, size: UInt64) throws(CheckpointFileError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw CheckpointFileError("open") }
        defer { close(descriptor) }
        try lock(descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw CheckpointFileError("fstat") }
        let found = Place(status)
        if found != place { try survey(descriptor, found) }
        if let last, last.size > size {
            throw CheckpointFileError(reason: "it holds a checkpoint for \(last.size) records, more than there are")
        }
        let bytes = Array(note.utf8)
        let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(byteCount)) }
        guard written == bytes.count else {
            let code = written < 0 ? errno : ENOSPC
            // What was written of it is looked at, and cut off, by the next append.
            place = nil
            throw CheckpointFileError("write", code)
        }
        guard fsync(descriptor) == 0 else {
            place = nil
            throw CheckpointFileError("fsync")
        }
        if byteCount == 0 {
            do throws(DiskError) { try POSIXDisk().syncDirectory(directory) } catch {
                throw CheckpointFileError(reason: error.description)
            }
        }
        byteCount += bytes.count
        place = Place(device: found.device, inode: found.inode, byteCount: byteCount)
    }

    /// Half a second in all; `lockPause` in microseconds.
    private static let lockAttempts = 50
    private static let lockPause: useconds_t = 10_000

    /// Two gateways that are given one place for copies do not write into each other's notes.
    private func lock(_ descriptor: CInt) throws(CheckpointFileError) {
        var attempts = 0
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            // A child of this process holds what it inherited until it becomes another program: milliseconds.
            if errno == EWOULDBLOCK, attempts < Self.lockAttempts {
                attempts += 1
                usleep(Self.lockPause)
                continue
            }
            // A file system without locks has no other writer to be kept out by one.
            if errno == ENOLCK || errno == EOPNOTSUPP || errno == ENOSYS { return }
            throw CheckpointFileError(
                reason: errno == EWOULDBLOCK ? "another process is writing to it" : systemMessage(errno))
        }
    }

    /// Finds the end of the last whole note, and cuts off what is half written behind it if it is this key's.
    private mutating func survey(_ descriptor: CInt, _ found: Place) throws(CheckpointFileError) {
        do throws(JournalOpenError) {
            try readNotes(from: Self.tailStart(path))
        } catch {
            guard case .damaged = error else { throw CheckpointFileError(reason: error.explanation) }
            throw CheckpointFileError(reason: "the last checkpoint in it is not of this journal")
        }
        let rest = found.byteCount - byteCount
        guard rest > 0 else { return }
        guard isOwnBeginning(descriptor, byteCount: rest) else {
            throw CheckpointFileError(reason: "something that is no checkpoint of this journal stands at its end")
        }
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw CheckpointFileError("ftruncate") }
    }

    /// Whether the bytes behind the last whole note begin as a note of this key does.
    private func isOwnBeginning(_ descriptor: CInt, byteCount rest: Int) -> Bool {
        let longest = 1024
        guard rest < longest else { return false }
        var bytes = [UInt8](repeating: 0, count: rest)
        guard pread(descriptor, &bytes, rest, off_t(byteCount)) == rest else { return false }
        let origin = Array((key.name + "\n").utf8)
        // A power failure can leave the length and no contents.
        return bytes.starts(with: origin) || origin.starts(with: bytes) || bytes.allSatisfy { $0 == 0 }
    }
}

/// Why a checkpoint could not be added to a file.
struct CheckpointFileError: Error {
    let reason: String

    init(reason: String) {
        self.reason = reason
    }

    init(_ call: String, _ code: CInt = errno) {
        reason = DiskError(call: call, code: code).description
    }
}
