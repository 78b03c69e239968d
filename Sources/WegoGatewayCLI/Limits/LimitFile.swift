// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The file in the state directory that tells the next process what is owed on long windows.
struct LimitFile: Sendable {
    let path: String

    /// Nothing that large was written by this program.
    private static let maximumBytes = 1 << 30

    /// Nil when there is none.
    func read() throws(CommandFailure) -> LimitRecords? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            guard errno != ENOENT else { return nil }
            throw unreadable(String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(String(cString: strerror(errno))) }
            guard count > 0 else { break }
            bytes += piece[..<count]
            guard bytes.count <= Self.maximumBytes else { throw unreadable("it is too large") }
        }
        do {
            return try LimitRecords(decoding: bytes)
        } catch {
            switch error {
            case .notLimits: throw unreadable("it is of another version or another program")
            case .cut: throw unreadable("its end is missing or its checksum is wrong")
            case .badLine(let number): throw unreadable("line \(number) is not valid")
            }
        }
    }

    private func unreadable(_ reason: String) -> CommandFailure {
        CommandFailure(
            .unavailable, "The file \(path) cannot be used: \(reason).",
            next: "It holds what is used up of daily and hourly limits. Remove it to start with full ones.")
    }

    /// On disk, in place of the older one, when it returns. Nil; else why it failed, and then the older one still stands.
    func write(_ records: LimitRecords) -> String? {
        let part = path + ".part"
        unlink(part)
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        let isWritten = Self.append(records.encoded(), to: descriptor) && fsync(descriptor) == 0
        let code = errno
        guard close(descriptor) == 0, isWritten, rename(part, path) == 0 else {
            unlink(part)
            return String(cString: strerror(isWritten ? errno : code))
        }
        // What a power failure could take back is the new name of a file that is whole: then the older one stands.
        syncDirectory()
        return nil
    }

    private static func append(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return true
        }
    }

    private func syncDirectory() {
        let parent = path.lastIndex(of: "/").map { path[...$0] } ?? "."
        let directory = open(String(parent), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }
}
