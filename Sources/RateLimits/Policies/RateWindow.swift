// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How often something may happen: in any interval `t` at most `burst + floor(t / interval)` times.
package struct RateWindow: Sendable, Hashable {
    /// Calls per `period`, at least 1.
    package let permits: Int
    package let period: Duration

    /// How many calls may come at once after a quiet time, at least 1.
    package let burst: Int

    /// Nanoseconds between two calls at the steady rate; rounded up, so that rounding never allows more.
    package let interval: Int64

    /// How far ahead of the steady rate calls may run, in nanoseconds.
    package let tolerance: Int64

    package init(permits: Int, period: Duration, burst: Int) {
        precondition(permits > 0 && period > .zero && burst > 0, "a rate without room for a call")
        self.permits = permits
        self.period = period
        self.burst = burst
        let (whole, rest) = period.nanoseconds.quotientAndRemainder(dividingBy: Int64(permits))
        interval = rest == 0 ? whole : whole + 1
        tolerance = interval.times(Int64(burst - 1))
    }

    /// What arithmetic ends at, in nanoseconds: 73 years. Sums of a few of these fit.
    static let longest = Int64.max / 4

    /// Nanoseconds until an empty window is full again.
    package var refillTime: Int64 { min(tolerance + interval, Self.longest) }

    /// The period in whole seconds, rounded down.
    package var periodSeconds: Int { Int(period.components.seconds) }

    /// What a further window of a policy is called by.
    package var unitName: String {
        switch period {
        case .seconds(1): "second"
        case .seconds(60): "minute"
        case .seconds(3600): "hour"
        case .seconds(86_400): "day"
        default: "\(periodSeconds)s"
        }
    }
}

extension Duration {
    /// At most `RateWindow.longest`.
    fileprivate var nanoseconds: Int64 {
        min(components.seconds.times(1_000_000_000) + components.attoseconds / 1_000_000_000, RateWindow.longest)
    }
}

extension Int64 {
    /// The product of two numbers that are not negative, at most `RateWindow.longest`.
    func times(_ factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? RateWindow.longest : Swift.min(product, RateWindow.longest)
    }

    /// The sum, or the greatest number there is.
    func adding(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
