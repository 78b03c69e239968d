// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// An open segment. Closes itself with its last reference, so that a thread still inside a call on the descriptor
/// never finds it closed or given to another file.
final class SegmentFile: Sendable {
    let number: UInt64
    let path: String
    let descriptor: CInt
    private let disk: any JournalDisk

    private init(number: UInt64, path: String, descriptor: CInt, disk: any JournalDisk) {
        self.number = number
        self.path = path
        self.descriptor = descriptor
        self.disk = disk
    }

    deinit { disk.close(descriptor) }

    /// Creates the file, reserves its space, writes its first bytes and makes contents and name durable.
    /// A file that could not be completed is removed again.
    static func create(
        _ number: UInt64, in directory: String, reserving byteCount: Int, with bytes: [UInt8], on disk: any JournalDisk
    ) throws(SegmentCreationError) -> SegmentFile {
        let path = SegmentName.path(number, in: directory)
        let descriptor: CInt
        do throws(DiskError) {
            descriptor = try disk.create(path)
        } catch {
            throw SegmentCreationError(path: path, cause: error, leftBehind: error.isNameTaken)
        }
        let file = SegmentFile(number: number, path: path, descriptor: descriptor, disk: disk)
        do throws(DiskError) {
            _ = try disk.reserve(byteCount, in: descriptor)
            try file.write(bytes)
            try file.sync()
            try disk.syncDirectory(directory)
            return file
        } catch {
            throw SegmentCreationError(path: path, cause: error, leftBehind: !file.remove())
        }
    }

    func write(_ bytes: [UInt8]) throws(DiskError) {
        try bytes.withUnsafeBytes { buffer in
            Result { () throws(DiskError) in try disk.writeAll(buffer, to: descriptor) }
        }.get()
    }

    func sync() throws(DiskError) {
        try disk.syncData(descriptor)
    }

    /// Gives back reserved space behind the last byte. Nothing depends on it.
    func giveBackReserve(after byteCount: Int) {
        try? disk.truncate(descriptor, to: byteCount)
    }

    /// Gives back what a process that was killed, or a segment that failed, has left reserved: the next one needs as
    /// much. A failure costs only that space.
    static func giveBackReserve(of path: String) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        defer { Foundation.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        _ = ftruncate(descriptor, status.st_size)
    }

    /// Why the file is not the one this journal writes to any more; nil when all is well.
    /// - Parameter byteCount: what has been written to it.
    func alteration(expecting byteCount: Int) -> String? {
        do throws(DiskError) {
            let own = try disk.identity(of: descriptor)
            if own.links == 0 { return "the file was deleted" }
            let named = try disk.identity(at: path)
            if named.device != own.device || named.inode != own.inode { return "the file was replaced" }
            if own.byteCount < byteCount { return "the file was cut short" }
            return nil
        } catch {
            return "the file cannot be found any more (\(error))"
        }
    }

    private func remove() -> Bool {
        do throws(DiskError) {
            try disk.remove(path)
            return true
        } catch {
            return false
        }
    }
}

struct SegmentCreationError: Error {
    let path: String
    let cause: DiskError
    /// A file of that name is there all the same, so the number is used up.
    let leftBehind: Bool
}

/// `audit-00000001.jsonl`, and `audit-00000001.jsonl.gz` when it is complete and was compressed.
enum SegmentName {
    static let compressed = ".gz"
    private static let prefix = "audit-"
    private static let suffix = ".jsonl"
    private static let digits = 8

    static func file(_ number: UInt64) -> String {
        let text = String(number)
        return prefix + String(repeating: "0", count: max(0, digits - text.count)) + text + suffix
    }

    static func path(_ number: UInt64, in directory: String) -> String {
        directory + "/" + file(number)
    }

    static func number(of name: String) -> UInt64? {
        let name = name.hasSuffix(compressed) ? String(name.dropLast(compressed.count)) : name
        guard name.hasPrefix(prefix), name.hasSuffix(suffix),
            let number = UInt64(name.dropFirst(prefix.count).dropLast(suffix.count)), number > 0, file(number) == name
        else { return nil }
        return number
    }
}
