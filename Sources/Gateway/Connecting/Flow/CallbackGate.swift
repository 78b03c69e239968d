// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Synchronization

/// Bounds how often the callback does anything: it needs no key, so anybody who reaches the port may hit it.
final class CallbackGate: Sendable {
    private let policy: RatePolicy
    private let bucket = Mutex<TokenBucket?>(nil)

    init(_ policy: RatePolicy) {
        self.policy = policy
    }

    /// - Parameter now: nanoseconds of a monotonic clock.
    func admit(now: Int64) throws(GatewayError) {
        let wait = bucket.withLock { bucket in
            var current = bucket ?? TokenBucket(full: now)
            let wait = current.wait(policy, now: now)
            if wait == 0 { current.take(policy, now: now) }
            bucket = current
            return wait
        }
        guard wait == 0 else {
            let seconds = Int((wait + 999_999_999) / 1_000_000_000)
            throw .connect(.tooManyCallbacks(retryAfterSeconds: max(1, seconds)))
        }
    }
}
