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
    var interval: Int64 { (period.nanoseconds + Int64(permits) - 1) / Int64(permits) }

    /// How far ahead of the steady rate a caller may run, in nanoseconds.
    var tolerance: Int64 { interval * Int64(burst - 1) }
}

extension Duration {
    var nanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
