// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// Reads a file line by line in bounded memory.
///
/// Not for use by two threads at once.
final class LineReader {
    enum Line {
        /// A line without its line feed.
        case whole(UnsafeRawBufferPointer)
        /// What stands behind the last line feed; only at the end of the file.
        case partial(byteCount: Int)
        /// Longer than `RecordLimits.headerBytes`.
        case tooLong
        case end
    }

    private static let chunkBytes = 256 * 1024

    private let source: SegmentBytes
    private var buffer: [UInt8] = []
    private var start = 0
    private var filled = 0
    private var isAtEnd = false

    /// Of a line that is passed over, so far.
    private var passed: Int?

    /// Offset in the file of the line that `next` returns next.
    private(set) var offset = 0

    /// - Parameter start: where a line begins; counted in the bytes before any compression.
    init(_ path: String, from start: Int = 0) throws(JournalOpenError) {
        source = try SegmentBytes(path)
        buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
        if start > 0, source.seek(to: start) { offset = start }
        while offset < start {
            let isWhole = try next { line in
                if case .whole = line { true } else { false }
            }
            guard isWhole else { return }
        }
    }

    /// After the end was met: what was appended meanwhile is read, too.
    func resume() {
        isAtEnd = false
    }

    /// After a line that is too long: passes over it. Until its end is there, `next` says that the file ends.
    func skipLine() {
        passed = 0
    }

    /// Calls `body` with the next line. The bytes are valid only inside `body`.
    func next<Result>(_ body: (Line) -> Result) throws(JournalOpenError) -> Result {
        guard try passOver() else { return body(.end) }
        var searched = start
        while true {
            if let end = lineFeed(from: searched) {
                let range = start..<end
                start = end + 1
                offset += range.count + 1
                return buffer.withUnsafeBytes { body(.whole(UnsafeRawBufferPointer(rebasing: $0[range]))) }
            }
            if filled - start > RecordLimits.headerBytes { return body(.tooLong) }
            if isAtEnd { return body(filled == start ? .end : .partial(byteCount: filled - start)) }
            let kept = filled - start
            try fill()
            searched = start + kept
        }
    }

    /// False when the line that is passed over has no end yet.
    private func passOver() throws(JournalOpenError) -> Bool {
        while let before = passed {
            let end = lineFeed(from: start)
            let count = (end.map { $0 + 1 } ?? filled) - start
            start += count
            passed = before + count
            if end != nil {
                offset += before + count
                passed = nil
            } else if isAtEnd {
                return false
            } else {
                try fill()
            }
        }
        return true
    }

    private func lineFeed(from index: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard index < filled, let base = bytes.baseAddress,
                let found = memchr(base + index, 0x0A, filled - index)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }

    private func fill() throws(JournalOpenError) {
        if start > 0 {
            buffer.withUnsafeMutableBytes { bytes in
                guard let base = bytes.baseAddress else { return }
                memmove(base, base + start, filled - start)
            }
            filled -= start
            start = 0
        }
        if buffer.count - filled < Self.chunkBytes / 2 {
            buffer.append(contentsOf: repeatElement(0, count: buffer.count))
        }
        let room = filled
        let count = try buffer.withUnsafeMutableBytes { bytes in
            let free = UnsafeMutableRawBufferPointer(rebasing: bytes[room...])
            return Result { () throws(JournalOpenError) in try source.read(into: free) }
        }.get()
        isAtEnd = count == 0
        filled += count
    }
}
