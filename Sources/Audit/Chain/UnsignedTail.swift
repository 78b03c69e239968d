// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The records behind the last checkpoint.
///
/// A gateway that can write checkpoints leaves few of them, and none that is much older than the last. Where there are
/// more, checkpoints may have been cut off so that records could be changed.
struct UnsignedTail {
    private(set) var records: UInt64 = 0

    /// What passed between them, in microseconds, as far as their times can tell: a clock that was put right or ran on
    /// while the machine slept counts as no more than one step, one that was put back as nothing.
    private(set) var span: Int64 = 0
    private var last: Int64?

    /// A checkpoint every 10 000 records, and what may come while one is being written.
    static let maximumRecords: UInt64 = 10_000 + 40_000

    /// A checkpoint every 10 s, and what a slow device may add; microseconds.
    static let maximumSpan: Int64 = 300 * 1_000_000

    /// The most that counts between one record and the next; microseconds.
    static let maximumStep: Int64 = 60 * 1_000_000

    /// - Parameter time: of the record, in microseconds; nil where it cannot be read.
    mutating func add(_ time: Int64?) {
        records += 1
        guard let time else { return }
        if let last { span += min(max(time - last, 0), Self.maximumStep) }
        last = time
    }

    static func isTooLong(records: UInt64, span: Int64) -> Bool {
        records > maximumRecords || span > maximumSpan
    }
}
