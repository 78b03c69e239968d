// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct TokenBucketTests {
    @Test func allowsTheBurstAtOnceThenOneASecond() {
        var bucket = TokenBucket(perMinute(60, burst: 3))
        let waits = [0, 0, 0, 0, second - 1, second, second].map { bucket.take(now: $0) }
        #expect(waits == [0, 0, 0, second, 1, 0, second])
    }

    /// It is what a limiter says of a single window.
    @Test(arguments: 0..<20)
    func agreesWithTheLimiter(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let window = perMinute(Int(random.next() % 100) + 1, burst: Int(random.next() % 10) + 1)
        var bucket = TokenBucket(window)
        let limiter = Limiter()
        let alice = LimitSubjects(homeUser: subject(.homeUser, "alice", LimitPolicy(rate: window)))
        var now: Int64 = 0
        for _ in 0..<300 {
            now += Int64(random.next() % UInt64(window.interval))
            let wait = bucket.take(now: now)
            #expect(wait == limiter.call(alice, now: now).wait)
        }
    }
}
