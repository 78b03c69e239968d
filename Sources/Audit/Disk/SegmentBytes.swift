// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// The bytes of a file from its beginning; those of a `.gz` file as they were before the compression.
///
/// Not for use by two threads at once.
final class SegmentBytes {
    private static let chunkBytes = 64 * 1024

    let path: String
    private let descriptor: CInt
    private let inflater: Inflater?
    private var compressed: [UInt8] = []
    private var used = 0
    private var filled = 0

    init(_ wanted: String) throws(JournalOpenError) {
        var path = wanted
        var opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if opened < 0, errno == ENOENT, !path.hasSuffix(SegmentName.compressed) {
            // It may have been compressed since somebody saw it.
            path += SegmentName.compressed
            opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            if opened < 0 { path = wanted }
        }
        let code = errno
        self.path = path
        descriptor = opened
        do throws(GzipError) {
            inflater = path.hasSuffix(SegmentName.compressed) ? try Inflater() : nil
        } catch {
            throw .io(path: path, reason: error.reason)
        }
        guard descriptor >= 0 else { throw .io(path: path, reason: systemMessage(code)) }
        if inflater != nil { compressed = [UInt8](repeating: 0, count: Self.chunkBytes) }
    }

    deinit { close(descriptor) }

    /// Fills the beginning of `buffer`. Returns 0 at the end, for now.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(JournalOpenError) -> Int {
        guard let inflater else { return try readFile(into: buffer) }
        while !inflater.isFinished {
            if used == filled {
                let count = try compressed.withUnsafeMutableBytes { bytes in
                    Result { () throws(JournalOpenError) in try readFile(into: bytes) }
                }.get()
                guard count > 0 else { throw damage("the compressed file is cut off") }
                used = 0
                filled = count
            }
            let range = used..<filled
            let step = compressed.withUnsafeBytes { bytes in
                Result { () throws(GzipError) in
                    try inflater.run(UnsafeRawBufferPointer(rebasing: bytes[range]), into: buffer)
                }
            }
            do throws(GzipError) {
                let (consumed, produced) = try step.get()
                used += consumed
                if produced > 0 { return produced }
            } catch {
                throw damage(error.reason)
            }
        }
        try expectEnd()
        return 0
    }

    /// Whoever unpacks the file with another program would read on.
    private func expectEnd() throws(JournalOpenError) {
        var isOver = used == filled
        if isOver {
            let more = compressed.withUnsafeMutableBytes { bytes in
                Result { () throws(JournalOpenError) in try readFile(into: bytes) }
            }
            isOver = try more.get() == 0
        }
        guard isOver else { throw damage("something stands behind the compressed records") }
    }

    /// Whether two files hold the same, one of them or both compressed.
    static func areSame(_ one: String, _ other: String) throws(JournalOpenError) -> Bool {
        let (left, right) = (try SegmentBytes(one), try SegmentBytes(other))
        while true {
            let (some, more) = (try left.nextBytes(), try right.nextBytes())
            guard some == more else { return false }
            if some.isEmpty { return true }
        }
    }

    /// As many bytes as there are, up to the size of a chunk.
    private func nextBytes() throws(JournalOpenError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.chunkBytes)
        var count = 0
        while count < bytes.count {
            let start = count
            let more = try bytes.withUnsafeMutableBytes { buffer in
                Result { () throws(JournalOpenError) in
                    try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
                }
            }.get()
            if more == 0 { break }
            count += more
        }
        return Array(bytes.prefix(count))
    }

    private func damage(_ reason: String) -> JournalOpenError {
        .damaged(segment: URL(filePath: path).deletingPathExtension().lastPathComponent, line: 0, reason: reason)
    }

    /// Moves to an offset; only of a file that is not compressed.
    func seek(to offset: Int) -> Bool {
        inflater == nil && lseek(descriptor, off_t(offset), SEEK_SET) == off_t(offset)
    }

    private func readFile(into buffer: UnsafeMutableRawBufferPointer) throws(JournalOpenError) -> Int {
        while true {
            let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw .io(path: path, reason: systemMessage(errno)) }
        }
    }
}
