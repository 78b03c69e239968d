// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// Puts a complete segment into a `.gz` file of the same bytes. The segment goes only when its compressed form is
/// durable and was read back.
struct SegmentCompression {
    let path: String
    var disk: any JournalDisk = POSIXDisk()

    private static let chunkBytes = 256 * 1024

    func run() throws(JournalOpenError) {
        let target = path + SegmentName.compressed
        let source = try SegmentBytes(path)
        let file = try ReplacingFile(target, mode: 0o600, on: disk)
        try compress(source, to: file)
        try file.commit()
        guard try SegmentBytes.areSame(path, target) else {
            throw .io(path: target, reason: "the compressed segment does not read back as it was")
        }
        do throws(DiskError) { try disk.remove(path) } catch { throw .io(path: path, reason: error.description) }
    }

    private func compress(_ source: SegmentBytes, to file: ReplacingFile) throws(JournalOpenError) {
        var input = [UInt8](repeating: 0, count: Self.chunkBytes)
        var output = input
        var problem: JournalOpenError?
        func keep(_ bytes: UnsafeRawBufferPointer) -> Bool {
            do throws(JournalOpenError) { try file.append(bytes) } catch { problem = error }
            return problem == nil
        }
        let deflater: Deflater
        do throws(GzipError) { deflater = try Deflater() } catch { throw .io(path: path, reason: error.reason) }
        while true {
            let count = try input.withUnsafeMutableBytes { bytes in
                Result { () throws(JournalOpenError) in try source.read(into: bytes) }
            }.get()
            let isWritten = input.withUnsafeBytes { bytes in
                output.withUnsafeMutableBytes { room in
                    Result { () throws(GzipError) in
                        try deflater.run(
                            UnsafeRawBufferPointer(rebasing: bytes[..<count]), isLast: count == 0, through: room,
                            sink: keep)
                    }
                }
            }
            switch isWritten {
            case .success: if let problem { throw problem }
            case .failure(let error): throw .io(path: path, reason: error.reason)
            }
            if count == 0 { return }
        }
    }
}
