// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How often something may happen.
package struct RatePolicy: Sendable, Equatable {
    /// Calls per `period`, at least 1.
    package let permits: Int
    package let period: Duration

    /// How many calls may come at once after a quiet time, at least 1.
    package let burst: Int

    package init(permits: Int, period: Duration, burst: Int) {
        precondition(permits > 0 && period > .zero && burst > 0, "a rate policy without room for a call")
        self.permits = permits
        self.period = period
        self.burst = burst
    }

    /// Nanoseconds between two calls at the steady rate; rounded up, so that rounding never allows more.
    var interval: Int64 {
        let (whole, rest) = period.nanoseconds.quotientAndRemainder(dividingBy: Int64(permits))
        return rest == 0 ? whole : whole + 1
    }

    /// How far ahead of the steady rate a caller may run, in nanoseconds.
    var tolerance: Int64 { interval.times(Int64(burst - 1)) }

    /// What arithmetic ends at, in nanoseconds: 73 years. Sums of a few of these fit.
    fileprivate static let longest = Int64.max / 4
}

extension Duration {
    /// At most `RatePolicy.longest`.
    fileprivate var nanoseconds: Int64 {
        components.seconds.times(1_000_000_000) + components.attoseconds / 1_000_000_000
    }
}

extension Int64 {
    /// The product of two numbers that are not negative, at most `RatePolicy.longest`.
    fileprivate func times(_ factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? RatePolicy.longest : Swift.min(product, RatePolicy.longest)
    }

    /// The sum, or the greatest number there is.
    func adding(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
