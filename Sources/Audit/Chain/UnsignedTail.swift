// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The records behind the last checkpoint.
///
/// A gateway that can write checkpoints leaves few of them, and none that is much older than the last. Where there are
/// more, checkpoints may have been cut off so that records could be changed.
struct UnsignedTail {
    private(set) var records: UInt64 = 0
    private var first: Int64?
    private var last: Int64?

    /// A checkpoint every 10 000 records, and what may come while one is being written.
    static let maximumRecords: UInt64 = 10_000 + 40_000

    /// A checkpoint every 10 s, and what a slow device and a clock put right may add; microseconds.
    static let maximumSpan: Int64 = 300 * 1_000_000

    /// - Parameter time: of the record, in microseconds; nil where it cannot be read.
    mutating func add(_ time: Int64?) {
        records += 1
        first = first ?? time
        last = time
    }

    /// From the first to the last, in microseconds; 0 where a time cannot be read.
    var span: Int64 {
        guard let first, let last else { return 0 }
        return last - first
    }

    static func isTooLong(records: UInt64, span: Int64) -> Bool {
        records > maximumRecords || span > maximumSpan
    }
}
