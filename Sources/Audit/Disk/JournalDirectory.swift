// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Synchronization

/// A directory of segments, held by one process at a time.
final class JournalDirectory: Sendable {
    static let lockName = "audit.lock"

    let path: String
    private let lock: Mutex<CInt?>

    /// Which one the path stood for.
    private let identity: FileIdentity

    /// Creates the directory (0700) if it is missing, refuses one that others may write to, and takes its lock.
    init(holding path: String, on disk: any JournalDisk = POSIXDisk()) throws(JournalOpenError) {
        self.path = path
        identity = FileIdentity(try Self.prepare(path, on: disk))
        lock = Mutex(try Self.lock(path + "/" + Self.lockName))
    }

    deinit { release() }

    /// Can be called again without harm.
    func release() {
        lock.withLock { descriptor in
            if let held = descriptor { close(held) }
            descriptor = nil
        }
    }

    /// Why nothing may be created in it now, although it could be opened; nil when that is not so, or when it is not
    /// there, which creating finds out. A lock that was deleted is taken again.
    var alteration: String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let found = FileIdentity(status)
        guard found.device == identity.device, found.inode == identity.inode else {
            return "it is another directory than the one the gateway opened; put that one back, or restart the gateway"
        }
        return Self.objection(to: status, path) ?? keepLock()
    }

    private func keepLock() -> String? {
        lock.withLock { held in
            guard let descriptor = held else { return "its lock was given back" }
            let name = path + "/" + Self.lockName
            var (own, named) = (stat(), stat())
            let isOurs =
                fstat(descriptor, &own) == 0 && lstat(name, &named) == 0 && own.st_dev == named.st_dev
                && own.st_ino == named.st_ino
            if isOurs { return nil }
            do throws(JournalOpenError) {
                held = try Self.lock(name)
                close(descriptor)
                return nil
            } catch {
                return error.explanation
            }
        }
    }

    private static func prepare(_ path: String, on disk: any JournalDisk) throws(JournalOpenError) -> stat {
        var status = stat()
        if stat(path, &status) != 0 {
            guard errno == ENOENT, mkdir(path, 0o700) == 0 else {
                throw .directory(path: path, reason: "it could not be opened or created: \(systemMessage(errno))")
            }
            try keepName(of: path, on: disk)
            guard stat(path, &status) == 0 else {
                throw .directory(path: path, reason: systemMessage(errno))
            }
        }
        if let reason = objection(to: status, path) { throw .directory(path: path, reason: reason) }
        guard access(path, W_OK | X_OK) == 0 else {
            throw .directory(path: path, reason: "the gateway may not write to it: \(systemMessage(errno))")
        }
        return status
    }

    private static func objection(to status: stat, _ path: String) -> String? {
        guard status.st_mode & S_IFMT == S_IFDIR else { return "it is not a directory" }
        guard status.st_uid == geteuid() else {
            return "it belongs to another user; give it to the user the gateway runs as"
        }
        guard status.st_mode & 0o022 == 0 else {
            return "others may write to it; close it with `chmod go-w \(path)`"
        }
        return nil
    }

    /// A power failure must not take a new directory away together with all that is synced in it.
    private static func keepName(of path: String, on disk: any JournalDisk) throws(JournalOpenError) {
        do throws(DiskError) {
            try disk.syncDirectory(URL(filePath: path).deletingLastPathComponent().path)
        } catch {
            // Or the next start finds it and does not sync.
            rmdir(path)
            throw .directory(path: path, reason: "its name could not be made durable: \(error)")
        }
    }

    /// The file stays behind, empty: deleting it would let two processes hold locks on two files of one name.
    private static func lock(_ path: String) throws(JournalOpenError) -> CInt {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .directory(path: path, reason: systemMessage(errno)) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let code = errno
            close(descriptor)
            if code == EWOULDBLOCK { throw .inUse(path: path) }
            throw .directory(path: path, reason: systemMessage(code))
        }
        return descriptor
    }
}

/// The segments found in the directories of a journal, by number.
struct SegmentList {
    struct Segment {
        let number: UInt64
        let path: String

        var name: String { SegmentName.file(number) }
        var isCompressed: Bool { path.hasSuffix(SegmentName.compressed) }
    }

    private(set) var segments: [Segment] = []

    /// Compressed files whose segments are there as they were, too.
    private(set) var spares: [String] = []

    init(directories: [String]) throws(JournalOpenError) {
        for directory in directories {
            let names = Set(try Self.names(in: directory))
            for name in names {
                guard let number = SegmentName.number(of: name) else { continue }
                // Both are there when a compression was cut short at its end; a verification compares them.
                let isSpare =
                    name.hasSuffix(SegmentName.compressed)
                    && names.contains(String(name.dropLast(SegmentName.compressed.count)))
                guard !isSpare else {
                    spares.append(directory + "/" + name)
                    continue
                }
                segments.append(Segment(number: number, path: directory + "/" + name))
            }
        }
        segments.sort { $0.number < $1.number }
        for (one, next) in zip(segments, segments.dropFirst()) where one.number == next.number {
            throw .damaged(segment: one.name, line: 0, reason: "it is there twice: \(one.path) and \(next.path)")
        }
    }

    private static func names(in directory: String) throws(JournalOpenError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw .directory(path: directory, reason: "it could not be listed: \(systemMessage(errno))")
        }
    }
}
