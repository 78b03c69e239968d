// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A token bucket kept as one number: the generic cell rate algorithm (ITU-T I.371, "virtual scheduling").
///
/// The number is the theoretical arrival time: when the next call would come if all calls so far had come evenly.
package struct TokenBucket: Sendable, Equatable {
    /// Nanoseconds on the clock that `now` is read from.
    private var theoreticalArrival: Int64

    package init(full now: Int64) {
        theoreticalArrival = now
    }

    /// Nanoseconds until a call would be allowed; zero when one is allowed now.
    package func wait(_ policy: RatePolicy, now: Int64) -> Int64 {
        max(0, max(theoreticalArrival, now) - policy.tolerance - now)
    }

    /// Counts one call. Only after `wait` was zero for the same `now`.
    package mutating func take(_ policy: RatePolicy, now: Int64) {
        theoreticalArrival = max(theoreticalArrival, now).adding(policy.interval)
    }

    /// Calls that would be allowed right now.
    package func remaining(_ policy: RatePolicy, now: Int64) -> Int {
        let ahead = max(theoreticalArrival, now) - now
        return Int(max(0, (policy.tolerance + policy.interval - ahead) / policy.interval))
    }

    /// Nanoseconds until the bucket is full again; from then on forgetting it changes nothing.
    package func untilFull(now: Int64) -> Int64 {
        max(0, theoreticalArrival - now)
    }
}
