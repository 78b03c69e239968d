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

    /// Records behind the last checkpoint, and what passed between them; see `UnsignedTail`.
    var unsigned: UInt64 = 0
    var unsignedSpan: Int64 = 0

    /// More than one segment has begun since. Each is signed for right after it is begun; a crash can leave out one.
    var hasUnsignedSegments = false

    /// The signing key was there already, but not one record.
    var lacksRecords = false

    /// Where a journal in other directories has ended.
    var former: (records: UInt64, directories: [String])?
    var hasUnreadableBookmark = false

    /// The bookmark was moved for more records than any checkpoint that is there.
    var lacksCheckpoints = false

    var note: RecoveryNote? {
        guard repairedSegment != nil || !open.isEmpty else { return nil }
        return RecoveryNote(
            reason: "crash", segment: repairedSegment, tornBytes: tornBytes, openIntents: open.count)
    }

    /// What is no damage, but may be the trace of somebody: each is recorded and told.
    var findings: [RecoveryFinding] {
        var findings: [RecoveryFinding] = []
        if hasUnsignedSegments || UnsignedTail.isTooLong(records: unsigned, span: unsignedSpan) {
            findings.append(.unsigned(records: unsigned))
        }
        if lacksRecords { findings.append(.noRecords) }
        if let former { findings.append(.former(former.records, in: former.directories)) }
        if hasUnreadableBookmark { findings.append(.unreadableBookmark) }
        if lacksCheckpoints { findings.append(.missingCheckpoints) }
        return findings
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
    let disk: any JournalDisk

    func run() throws(JournalOpenError) -> RecoveredJournal {
        var segments = try SegmentList(directories: directories).segments
        var torn: [(segment: SegmentList.Segment, claimed: UInt64, bytes: Int)] = []
        while let last = segments.popLast() {
            let scan = try SegmentScan(last.path, comparing: checkpoint)
            if scan.header != nil {
                return try finish(last, behind: segments.last, scan, torn: torn)
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
        _ last: SegmentList.Segment, behind previous: SegmentList.Segment?, _ scan: SegmentScan,
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
                    "it ends at record \(chain.sequence), but a checkpoint was signed for \(checkpoint.size) records; "
                    + "a directory may not be mounted")
        }
        guard !(last.isCompressed && scan.byteCount > scan.soundBytes) else {
            throw .damaged(segment: last.name, line: scan.badLine ?? 0, reason: scan.badReason)
        }
        var recovered = RecoveredJournal(chain: chain, open: scan.walk.open.sorted(), lastSegment: last.number)
        recovered.unsigned = chain.sequence - min(chain.sequence, checkpoint?.size ?? 0)
        recovered.unsignedSpan = scan.unsigned.span
        if let previous { recovered.hasUnsignedSegments = try isUnsigned(previous) }
        try setAside(torn, in: &recovered)
        if scan.byteCount > scan.soundBytes {
            recovered.repairedSegment = last.number
            recovered.tornBytes += scan.byteCount - scan.soundBytes
            try TornTail(path: last.path, start: scan.soundBytes, disk: disk).cutOff()
        }
        if !last.isCompressed { SegmentFile.giveBackReserve(of: last.path) }
        return recovered
    }

    private func isUnsigned(_ segment: SegmentList.Segment) throws(JournalOpenError) -> Bool {
        guard let header = try SegmentSurvey.header(segment.path) else { return false }
        return checkpoint.map { $0.size <= header.content.tree.size } ?? true
    }

    /// Segments whose header never became durable: nothing in them counted.
    private func setAside(
        _ torn: [(segment: SegmentList.Segment, claimed: UInt64, bytes: Int)], in recovered: inout RecoveredJournal
    ) throws(JournalOpenError) {
        for file in torn {
            recovered.repairedSegment = file.segment.number
            recovered.tornBytes += file.bytes
            try TornTail(path: file.segment.path, start: 0, disk: disk).setAside()
        }
    }
}

/// Bytes behind the last sound record.
struct TornTail {
    let path: String
    let start: Int
    let disk: any JournalDisk

    private static let chunkBytes = 1024 * 1024

    /// Copies the bytes to a `.torn` file, durably, then shortens the segment, durably. Cut short at any point, nothing
    /// is lost, and it can be done again.
    func cutOff() throws(JournalOpenError) {
        let copy = try freeName()
        do throws(DiskError) {
            let source = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard source >= 0 else { throw DiskError(call: "open", code: errno) }
            defer { close(source) }
            try keep(source, as: copy)
            try disk.truncate(source, to: start)
            try disk.syncData(source)
        } catch {
            throw failure(error)
        }
    }

    /// Renames the whole file.
    func setAside() throws(JournalOpenError) {
        let name = try freeName()
        do throws(DiskError) {
            try disk.rename(path, to: name)
            try syncDirectory()
        } catch {
            throw failure(error)
        }
    }

    /// A copy that could not be completed is removed again.
    private func keep(_ source: CInt, as name: String) throws(DiskError) {
        let copy = try disk.create(name)
        defer { disk.close(copy) }
        do throws(DiskError) {
            try move(from: source, to: copy)
            try disk.syncData(copy)
            try syncDirectory()
        } catch {
            try? disk.remove(name)
            throw error
        }
    }

    private func move(from source: CInt, to copy: CInt) throws(DiskError) {
        var buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
        var offset = off_t(start)
        while true {
            let count = pread(source, &buffer, buffer.count, offset)
            if count == 0 { return }
            guard count > 0 else { throw DiskError(call: "pread", code: errno) }
            try buffer.withUnsafeBytes { bytes in
                Result { () throws(DiskError) in
                    try disk.writeAll(UnsafeRawBufferPointer(rebasing: bytes[..<count]), to: copy)
                }
            }.get()
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

    private func syncDirectory() throws(DiskError) {
        try disk.syncDirectory(URL(filePath: path).deletingLastPathComponent().path)
    }

    private func failure(_ error: DiskError) -> JournalOpenError {
        .io(path: path, reason: "its torn tail could not be repaired: \(error)")
    }
}
