// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import CZlib

/// Why compressed bytes could not be made or read.
struct GzipError: Error {
    let reason: String

    fileprivate init(_ code: CInt) {
        reason = "zlib: " + (zError(code).map { String(cString: $0) } ?? "error \(code)")
    }
}

/// Reads one gzip member from bytes given piece by piece. Not for use by two threads at once.
final class Inflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private(set) var isFinished = false

    init() throws(GzipError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = czlib_begin_inflate(stream)
        guard code == Z_OK else { throw GzipError(code) }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// - Returns: how many bytes of `input` were used and how many of `output` were filled.
    func run(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(GzipError) -> (used: Int, filled: Int) {
        stream.set(input, output)
        let code = inflate(stream, Z_NO_FLUSH)
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw GzipError(code) }
        isFinished = code == Z_STREAM_END
        return (input.count - Int(stream.pointee.avail_in), output.count - Int(stream.pointee.avail_out))
    }
}

/// Makes one gzip member from bytes given piece by piece. Not for use by two threads at once.
final class Deflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private static let level: CInt = 6

    init() throws(GzipError) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = czlib_begin_deflate(stream, Self.level)
        guard code == Z_OK else { throw GzipError(code) }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Hands all that `input` gives to `sink`, in pieces of `output`'s size.
    func run(
        _ input: UnsafeRawBufferPointer, isLast: Bool, through output: UnsafeMutableRawBufferPointer,
        sink: (UnsafeRawBufferPointer) -> Bool
    ) throws(GzipError) -> Bool {
        stream.set(input, output)
        while true {
            stream.set(output)
            let code = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else { throw GzipError(code) }
            let filled = output.count - Int(stream.pointee.avail_out)
            guard sink(UnsafeRawBufferPointer(rebasing: output[..<filled])) else { return false }
            if isLast ? code == Z_STREAM_END : stream.pointee.avail_out > 0 { return true }
        }
    }
}

extension UnsafeMutablePointer<z_stream> {
    fileprivate func set(_ input: UnsafeRawBufferPointer, _ output: UnsafeMutableRawBufferPointer) {
        // zlib does not write through `next_in`; its type only says so where ZLIB_CONST is defined.
        pointee.next_in = UnsafeMutablePointer<UInt8>(mutating: input.bindMemory(to: UInt8.self).baseAddress)
        pointee.avail_in = UInt32(input.count)
        set(output)
    }

    fileprivate func set(_ output: UnsafeMutableRawBufferPointer) {
        pointee.next_out = output.bindMemory(to: UInt8.self).baseAddress
        pointee.avail_out = UInt32(output.count)
    }
}
