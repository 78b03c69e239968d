// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One rate window for one thing, where no limiter is needed. See `Slot` for how it counts.
package struct TokenBucket: Sendable, Equatable {
    package let window: RateWindow
    private var arrival: Int64 = Slot.never

    package init(_ window: RateWindow) {
        self.window = window
    }

    /// Counts a call if there is room for it, and answers 0; else the nanoseconds until there is room.
    package mutating func take(now: Int64) -> Int64 {
        let wait = max(0, arrival - now) - window.tolerance
        guard wait <= 0 else { return wait }
        arrival = max(arrival, now).adding(window.interval)
        return 0
    }
}
