// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// What was found when a journal was opened, after its tail was put right.
struct RecoveredJournal {
    var chain = ChainState()

    /// Request ids of intents without an outcome, sorted.
    var open: [String] = []
    var lastSegment: UInt64 = 0
    var repairedSegment: UInt64?
    var tornBytes = 0

    var note: RecoveryNote? {
        guard repairedSegment != nil || !open.isEmpty else { return nil }
        return RecoveryNote(
            reason: "crash", segment: repairedSegment, tornBytes: tornBytes, openIntents: open.count)
    }
}

/// Reads the last segment of a journal and cuts off what a crash or a power failure has left half written.
///
/// A record is cut off only if nothing says that it was durable: no signed checkpoint, and no valid record behind it
/// (each carries the number of the last durable record in `durable`). Everything else is damage, and refused.
struct JournalRecovery {
    let directories: [String]

    /// The highest there is, its signature checked.
    let checkpoint: Checkpoint?

    func run() throws(JournalOpenError) -> RecoveredJournal {
        var segments = try SegmentList(directories: directories).segments
        var torn: [(segment: SegmentList.Segment, claimed: UInt64, bytes: Int)] = []
        while let last = segments.popLast() {
            let scan = try SegmentScan(last.path, comparing: checkpoint)
            if scan.header != nil {
                return try finish(last, scan, torn: torn)
            }
            torn.append((last, scan.claimedDurable, scan.byteCount))
        }
        guard torn.allSatisfy({ $0.claimed == 0 }), (checkpoint?.size ?? 0) == 0 else {
            throw .damaged(
                segment: torn.last?.segment.name ?? SegmentName.file(1), line: torn.isEmpty ? 0 : 1,
                reason: "the segments that checkpoints were signed for are missing or unreadable")
        }
        var recovered = RecoveredJournal()
        try setAside(torn, in: &recovered)
        return recovered
    }

    private func finish(
        _ last: SegmentList.Segment, _ scan: SegmentScan,
        torn: [(segment: SegmentList.Segment, claimed: UInt64, bytes: Int)]
    ) throws(JournalOpenError) -> RecoveredJournal {
        let chain = scan.walk.chain
        guard scan.claimedDurable <= chain.sequence else {
            throw .damaged(segment: last.name, line: scan.badLine ?? 0, reason: scan.badReason)
        }
        for file in torn where file.claimed > chain.sequence {
            throw .damaged(segment: file.segment.name, line: 1, reason: "its first record is not a segment header")
        }
        guard !scan.contradictsCheckpoint else {
            throw .damaged(segment: last.name, line: 0, reason: "its records are not those a checkpoint was signed for")
        }
        if let checkpoint, checkpoint.size > chain.sequence {
            throw .damaged(
                segment: last.name, line: scan.badLine ?? 0,
                reason:
                    "it ends at record \(chain.sequence), but a checkpoint was signed for \(checkpoint.size) records")
        }
        guard !(last.isCompressed && scan.byteCount > scan.soundBytes) else {
            throw .damaged(segment: last.name, line: scan.badLine ?? 0, reason: scan.badReason)
        }
        var recovered = RecoveredJournal(chain: chain, open: scan.walk.open.sorted(), lastSegment: last.number)
        try setAside(torn, in: &recovered)
        if scan.byteCount > scan.soundBytes {
            recovered.repairedSegment = last.number
            recovered.tornBytes += scan.byteCount - scan.soundBytes
            try TornTail(path: last.path, start: scan.soundBytes).cutOff()
        }
        if !last.isCompressed { giveBackReserve(of: last.path) }
        return recovered
    }

    /// A process that was killed has left the space reserved behind its segment, and the next segment needs as much. A
    /// failure costs only that space.
    private func giveBackReserve(of path: String) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        _ = ftruncate(descriptor, status.st_size)
    }

    /// Segments whose header never became durable: nothing in them counted.
    private func setAside(
        _ torn: [(segment: SegmentList.Segment, claimed: UInt64, bytes: Int)], in recovered: inout RecoveredJournal
    ) throws(JournalOpenError) {
        for file in torn {
            recovered.repairedSegment = file.segment.number
            recovered.tornBytes += file.bytes
            try TornTail(path: file.segment.path, start: 0).setAside()
        }
    }
}

/// Bytes behind the last sound record.
struct TornTail {
    let path: String
    let start: Int

    private static let chunkBytes = 1024 * 1024

    /// Copies the bytes to a `.torn` file, durably, then shortens the segment, durably.
    func cutOff() throws(JournalOpenError) {
        let source = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard source >= 0 else { throw failure() }
        defer { close(source) }
        let copy = open(try freeName(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard copy >= 0 else { throw failure() }
        defer { close(copy) }
        try move(from: source, to: copy)
        guard fsync(copy) == 0 else { throw failure() }
        try syncDirectory()
        guard ftruncate(source, off_t(start)) == 0, fsync(source) == 0 else { throw failure() }
    }

    /// Renames the whole file.
    func setAside() throws(JournalOpenError) {
        guard rename(path, try freeName()) == 0 else { throw failure() }
        try syncDirectory()
    }

    private func move(from source: CInt, to copy: CInt) throws(JournalOpenError) {
        var buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
        var offset = off_t(start)
        while true {
            let count = pread(source, &buffer, buffer.count, offset)
            if count == 0 { return }
            guard count > 0, write(copy, buffer, count) == count else { throw failure() }
            offset += off_t(count)
        }
    }

    private func freeName() throws(JournalOpenError) -> String {
        let limit = 1000
        for number in 1...limit {
            let name = number == 1 ? path + ".torn" : path + ".torn-\(number)"
            if access(name, F_OK) != 0 { return name }
        }
        throw .io(path: path, reason: "there are \(limit) torn tails beside it")
    }

    private func syncDirectory() throws(JournalOpenError) {
        do throws(DiskError) {
            try POSIXDisk().syncDirectory(URL(filePath: path).deletingLastPathComponent().path)
        } catch {
            throw .io(path: path, reason: error.description)
        }
    }

    private func failure() -> JournalOpenError {
        .io(path: path, reason: "its torn tail could not be repaired: \(systemMessage(errno))")
    }
}
