// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file that must not exist yet, for its owner alone (0600), on disk when `write` returns.
enum NewFile {
    static func write(_ contents: [UInt8], to path: String, what: String) throws(CommandFailure) {
        var bytes = contents
        defer { bytes.wipe() }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(path, what) }
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        guard close(descriptor) == 0, isWritten, syncDirectory(of: path) else {
            unlink(path)
            throw failure(path, what)
        }
    }

    /// The name is on disk when its directory is.
    private static func syncDirectory(of path: String) -> Bool {
        let parent = path.lastIndex(of: "/").map { path[...$0] } ?? "."
        let directory = open(String(parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return false }
        defer { close(directory) }
        // EINVAL: the file system has no such thing.
        return fsync(directory) == 0 || errno == EINVAL
    }

    private static func failure(_ path: String, _ what: String) -> CommandFailure {
        CommandFailure(
            .unavailable, "The \(what) \(path) cannot be written: \(String(cString: strerror(errno))).",
            next: "Make sure that its directory exists and belongs to the user this command runs as.")
    }
}
