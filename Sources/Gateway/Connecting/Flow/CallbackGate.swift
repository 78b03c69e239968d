// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Synchronization

/// Bounds how often the callback is hit with tokens that nobody knows: it needs no key, so anybody who reaches the port may.
final class CallbackGate: Sendable {
    private let bucket: Mutex<TokenBucket>

    init(_ window: RateWindow) {
        bucket = Mutex(TokenBucket(window))
    }

    /// - Parameter now: nanoseconds of a monotonic clock.
    func admit(now: Int64) throws(GatewayError) {
        let wait = bucket.withLock { $0.take(now: now) }
        guard wait == 0 else {
            throw .connect(.tooManyCallbacks(retryAfterSeconds: LimitTime.secondsRoundedUp(wait)))
        }
    }
}
