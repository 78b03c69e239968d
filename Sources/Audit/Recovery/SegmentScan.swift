// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What a segment holds, read on its own: the header says where it begins.
struct SegmentScan {
    private(set) var header: SegmentHeader?
    private(set) var walk = ChainWalk()

    /// Up to the end of the last record that fits.
    private(set) var soundBytes = 0
    private(set) var byteCount = 0

    /// The first line that does not fit, counted from 1.
    private(set) var badLine: Int?
    private(set) var badReason = ""

    /// The highest record that a whole record behind the first bad one calls durable.
    private(set) var claimedDurable: UInt64 = 0

    /// Whether the root at the size of `checkpoint` was found, and differed.
    private(set) var contradictsCheckpoint = false

    /// Whether it was found, and is the same.
    private(set) var meetsCheckpoint = false

    /// What stands behind the checkpoint in this segment.
    private(set) var unsigned = UnsignedTail()

    /// - Parameter checkpoint: compared with the tree when its size is reached.
    init(_ path: String, comparing checkpoint: Checkpoint?) throws(JournalOpenError) {
        let reader = try LineReader(path)
        var line = 0
        var isOver = false
        while !isOver {
            line += 1
            let offset = reader.offset
            try reader.next { next in
                switch next {
                case .whole(let bytes):
                    take(bytes, number: line)
                    if badLine == nil { soundBytes = offset + bytes.count + 1 }
                    compare(checkpoint)
                    byteCount = offset + bytes.count + 1
                case .partial(let count):
                    note(line, "the record is cut off")
                    byteCount = offset + count
                    isOver = true
                case .tooLong:
                    note(line, "the line is too long")
                    claimedDurable = .max
                    isOver = true
                case .end: isOver = true
                }
            }
        }
    }

    private mutating func take(_ bytes: UnsafeRawBufferPointer, number: Int) {
        if badLine != nil {
            if let record = try? RecordLine(bytes) { claimedDurable = max(claimedDurable, record.durable) }
            return
        }
        if number == 1 { begin(bytes) }
        do throws(WalkProblem) {
            unsigned.add(try walk.take(bytes).time)
        } catch {
            if number == 1 { header = nil }
            note(number, error.reason)
            if let record = try? RecordLine(bytes) { claimedDurable = max(claimedDurable, record.durable) }
        }
    }

    private mutating func begin(_ bytes: UnsafeRawBufferPointer) {
        guard let record = try? RecordLine(bytes), record.kind == .segment, let header = SegmentHeader(line: bytes)
        else {
            return
        }
        self.header = header
        walk = ChainWalk(chain: ChainState(hash: record.previous, tree: header.tree), open: Set(header.open))
    }

    private mutating func compare(_ checkpoint: Checkpoint?) {
        guard let checkpoint, badLine == nil, walk.chain.sequence == checkpoint.size else { return }
        if walk.chain.tree.root == checkpoint.root { meetsCheckpoint = true } else { contradictsCheckpoint = true }
        unsigned = UnsignedTail()
    }

    private mutating func note(_ line: Int, _ reason: String) {
        guard badLine == nil else { return }
        badLine = line
        badReason = reason
    }
}
