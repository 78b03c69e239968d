// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// Writes a file under another name and puts it in its place in one step, durably. Not committed, nothing has happened.
final class ReplacingFile {
    private static let suffix = ".part"

    private let path: String
    private let descriptor: CInt
    private var isCommitted = false

    init(_ path: String, mode: mode_t) throws(JournalOpenError) {
        self.path = path
        // What an earlier attempt that was cut short has left.
        unlink(path + Self.suffix)
        descriptor = open(path + Self.suffix, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        let code = errno
        guard descriptor >= 0 else { throw .io(path: path + Self.suffix, reason: systemMessage(code)) }
    }

    deinit {
        close(descriptor)
        if !isCommitted { unlink(path + Self.suffix) }
    }

    func write(_ bytes: [UInt8]) throws(JournalOpenError) {
        guard bytes.withUnsafeBytes({ append($0) }) else { throw failure() }
    }

    /// False, with `errno` set, when the bytes could not be written.
    func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return true
    }

    func commit() throws(JournalOpenError) {
        guard fsync(descriptor) == 0, rename(path + Self.suffix, path) == 0 else { throw failure() }
        isCommitted = true
        do throws(DiskError) {
            try POSIXDisk().syncDirectory(URL(filePath: path).deletingLastPathComponent().path)
        } catch {
            throw .io(path: path, reason: error.description)
        }
    }

    func failure() -> JournalOpenError {
        .io(path: path + Self.suffix, reason: systemMessage(errno))
    }
}
