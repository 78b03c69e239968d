// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// Writes a file under another name and puts it in its place in one step, durably. Not committed, nothing has happened.
final class ReplacingFile {
    private static let suffix = ".part"

    private let path: String
    private let disk: any JournalDisk
    private let descriptor: CInt
    private var isCommitted = false

    private var part: String { path + Self.suffix }

    init(_ path: String, mode: mode_t, on disk: any JournalDisk = POSIXDisk()) throws(JournalOpenError) {
        self.path = path
        self.disk = disk
        // What an earlier attempt that was cut short has left.
        try? disk.remove(path + Self.suffix)
        do throws(DiskError) {
            descriptor = try disk.create(path + Self.suffix, mode: mode)
        } catch {
            throw .io(path: path + Self.suffix, reason: error.description)
        }
    }

    deinit {
        disk.close(descriptor)
        if !isCommitted { try? disk.remove(part) }
    }

    func write(_ bytes: [UInt8]) throws(JournalOpenError) {
        try bytes.withUnsafeBytes { buffer in
            Result { () throws(JournalOpenError) in try append(buffer) }
        }.get()
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws(JournalOpenError) {
        do throws(DiskError) {
            try disk.writeAll(bytes, to: descriptor)
        } catch {
            throw .io(path: part, reason: error.description)
        }
    }

    func commit() throws(JournalOpenError) {
        do throws(DiskError) {
            try disk.syncData(descriptor)
            try disk.rename(part, to: path)
            isCommitted = true
            try disk.syncDirectory(URL(filePath: path).deletingLastPathComponent().path)
        } catch {
            throw .io(path: isCommitted ? path : part, reason: error.description)
        }
    }
}
