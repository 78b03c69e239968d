// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What is owed on a long window, for the time when this process is gone. Times are nanoseconds since 1970.
package struct LimitRecord: Sendable, Equatable {
    package let key: LimitKey
    package let window: RateWindow

    /// The theoretical arrival time (see `Slot`) on the wall clock.
    package let arrival: Int64

    package init(key: LimitKey, window: RateWindow, arrival: Int64) {
        self.key = key
        self.window = window
        self.arrival = arrival
    }

    /// Windows that refill sooner are not kept: a restart takes about as long.
    static let shortestRefill: Int64 = 60 * LimitTime.second

    static func isWorthKeeping(_ window: RateWindow) -> Bool {
        window.refillTime > shortestRefill
    }
}

/// The long windows of all keys at one moment.
package struct LimitRecords: Sendable, Equatable {
    /// Nanoseconds since 1970.
    package var written: Int64

    /// Where whoever wrote them finds what came later; 0 for nothing came.
    package var mark: UInt64
    package var records: [LimitRecord]

    package init(written: Int64, mark: UInt64 = 0, records: [LimitRecord]) {
        self.written = written
        self.mark = mark
        self.records = records
    }
}
