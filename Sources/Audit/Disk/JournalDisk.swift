// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// The calls through which a journal changes files. Each may block for as long as the device likes.
package protocol JournalDisk: Sendable {
    /// Creates a file that must not exist yet, for appending.
    func create(_ path: String, mode: mode_t) throws(DiskError) -> CInt

    /// One write(2). Returns how many bytes were taken, which may be fewer than given.
    func write(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) throws(DiskError) -> Int

    /// fdatasync(2): contents, and the length when it has changed.
    func syncData(_ descriptor: CInt) throws(DiskError)

    /// Makes the names in a directory durable.
    func syncDirectory(_ path: String) throws(DiskError)

    /// Reserves blocks up to `byteCount` without changing the file's length. False when the file system cannot.
    func reserve(_ byteCount: Int, in descriptor: CInt) throws(DiskError) -> Bool

    /// Sets the length, which also gives back blocks reserved behind it.
    func truncate(_ descriptor: CInt, to byteCount: Int) throws(DiskError)

    func identity(of descriptor: CInt) throws(DiskError) -> FileIdentity
    func identity(at path: String) throws(DiskError) -> FileIdentity
    func remove(_ path: String) throws(DiskError)

    /// Puts a file in the place of another, or where there is none.
    func rename(_ path: String, to target: String) throws(DiskError)
    func close(_ descriptor: CInt)
}

extension JournalDisk {
    /// For the gateway alone.
    package func create(_ path: String) throws(DiskError) -> CInt { try create(path, mode: 0o600) }

    /// All of `bytes`, in one write(2) unless the file system takes less at a time.
    func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt) throws(DiskError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = try write(rest, to: descriptor)
            guard count > 0 else { throw DiskError(call: "write", code: DiskError.noProgress) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
    }
}

/// Which file it is, and how long.
package struct FileIdentity: Sendable, Equatable {
    package var device: UInt64
    package var inode: UInt64
    package var links: UInt64
    package var byteCount: Int

    package init(device: UInt64, inode: UInt64, links: UInt64, byteCount: Int) {
        self.device = device
        self.inode = inode
        self.links = links
        self.byteCount = byteCount
    }
}

/// A system call that failed.
package struct DiskError: Error, Sendable, Equatable, CustomStringConvertible {
    package let call: String
    package let code: CInt

    package init(call: String, code: CInt) {
        self.call = call
        self.code = code
    }

    package var description: String { "\(call): \(systemMessage(code))" }
}
