// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file of equal places, filled with zeros from the beginning. Used under the lock of its owner.
final class SpillFile: Sendable {
    /// Of the file on the disk: never changes.
    private static let placeLength = 40 * 1_024
    private static let head = Array("wgspill1".utf8)
    private static let zeros = [UInt8](repeating: 0, count: placeLength)

    /// Of what one place holds, in bytes.
    static let maximumRecordLength = placeLength - head.count

    let placeCount: Int
    private let path: String
    private let descriptor: CInt

    /// Opens the file, or makes it with at least so many places.
    init(directory: String, places: Int) throws(CustodyError) {
        if mkdir(directory, 0o700) != 0, errno != EEXIST { throw SpillFile.failure(directory) }
        let path = directory + "/answers"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SpillFile.failure(path) }
        do {
            placeCount = try SpillFile.fill(descriptor, path: path, places: places)
            // Makes the names durable.
            for directory in [directory, directory + "/.."] { try SpillFile.sync(directory: directory) }
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Everything of a place; empty if the head is not there, because nothing was written or not all of it.
    func read(_ place: Int) throws(CustodyError) -> [UInt8] {
        var bytes = SpillFile.zeros
        var filled = 0
        while filled < bytes.count {
            let offset = off_t(place * SpillFile.placeLength + filled)
            let count = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled, offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SpillFile.failure(path) }
            filled += count
        }
        return bytes.starts(with: SpillFile.head) ? Array(bytes.dropFirst(SpillFile.head.count)) : []
    }

    /// The head comes last, and when the rest is on the disk: with it the record is whole.
    func write(_ record: [UInt8], at place: Int) throws(CustodyError) {
        guard record.count <= SpillFile.maximumRecordLength else {
            throw .limitReached(reason: "An answer of \(record.count) bytes does not fit into \(path).")
        }
        let start = place * SpillFile.placeLength
        try SpillFile.write(record, to: descriptor, at: start + SpillFile.head.count, path: path)
        try sync()
        try SpillFile.write(SpillFile.head, to: descriptor, at: start, path: path)
        try sync()
    }

    /// Overwrites the place. It stays on the disk for the next answer.
    func clear(_ place: Int) throws(CustodyError) {
        try SpillFile.write(SpillFile.zeros, to: descriptor, at: place * SpillFile.placeLength, path: path)
        try sync()
    }

    private func sync() throws(CustodyError) {
        guard fsync(descriptor) == 0 else { throw SpillFile.failure(path) }
    }

    /// Writes what is missing: blocks that are merely allocated may need more room when they are first written.
    private static func fill(_ descriptor: CInt, path: String, places: Int) throws(CustodyError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { throw failure(path) }
        let present = Int(status.st_size) / placeLength
        guard present < places else { return present }
        for place in present..<places { try write(zeros, to: descriptor, at: place * placeLength, path: path) }
        guard fsync(descriptor) == 0 else { throw failure(path) }
        return places
    }

    private static func write(
        _ bytes: [UInt8], to descriptor: CInt, at start: Int, path: String
    ) throws(CustodyError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written,
                    off_t(start + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            written += count
        }
    }

    private static func sync(directory: String) throws(CustodyError) {
        let handle = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw failure(directory) }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw failure(directory) }
    }

    private static func failure(_ path: String) -> CustodyError {
        .storage(detail: "\(path): \(systemError())")
    }
}
