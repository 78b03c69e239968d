// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

/// What limits promise, worked out from the list of all calls instead of from one number a window.
struct ExactModel {
    struct Owner {
        var policy: LimitPolicy
        var calls: [Int64] = []
        var inFlight = 0
    }

    var owners: [LimitKey: Owner] = [:]

    /// Nanoseconds until the rates of all have room; nil if a call in flight is in the way.
    func wait(_ keys: [LimitKey], now: Int64) -> Int64? {
        var longest: Int64 = 0
        for key in keys {
            guard let owner = owners[key] else { continue }
            if let most = owner.policy.concurrency, owner.inFlight >= most { return nil }
            for window in owner.policy.windows { longest = max(longest, Self.wait(window, owner.calls, now)) }
        }
        return longest
    }

    /// A call fits if no interval that ends with it holds more than burst + floor(length / interval) calls.
    private static func wait(_ window: RateWindow, _ calls: [Int64], _ now: Int64) -> Int64 {
        var earliest = now
        for (index, start) in calls.enumerated() {
            let before = Int64(calls.count - index)
            // The call itself is one more: before + 1 <= burst + floor((time - start) / interval).
            let intervals = before + 1 - Int64(window.burst)
            if intervals > 0 { earliest = max(earliest, start + intervals * window.interval) }
        }
        return earliest - now
    }

    mutating func take(_ keys: [LimitKey], now: Int64) {
        for key in keys {
            owners[key]?.calls.append(now)
            owners[key]?.inFlight += 1
        }
    }

    mutating func release(_ keys: [LimitKey]) {
        for key in keys { owners[key]?.inFlight -= 1 }
    }

    func remaining(_ key: LimitKey, _ limit: LimitViolation.Reason, now: Int64) -> Int {
        guard let owner = owners[key] else { return 0 }
        guard case .rate(let index) = limit else { return max(0, (owner.policy.concurrency ?? 0) - owner.inFlight) }
        let window = owner.policy.windows[index]
        var calls = owner.calls
        while Self.wait(window, calls, now) == 0 { calls.append(now) }
        return calls.count - owner.calls.count
    }
}
