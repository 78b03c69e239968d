// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct TokenBucketTests {
    private static let second: Int64 = 1_000_000_000
    private let policy = RatePolicy(permits: 60, period: .seconds(60), burst: 3)

    @Test func allowsTheBurstAtOnceThenOneASecond() {
        var bucket = TokenBucket(full: 0)
        for _ in 0..<3 {
            #expect(bucket.wait(policy, now: 0) == 0)
            bucket.take(policy, now: 0)
        }
        #expect(bucket.wait(policy, now: 0) == Self.second)
        #expect(bucket.wait(policy, now: Self.second - 1) == 1)
        #expect(bucket.wait(policy, now: Self.second) == 0)
    }

    @Test func countsWhatRemains() {
        var bucket = TokenBucket(full: 0)
        #expect(bucket.remaining(policy, now: 0) == 3)
        bucket.take(policy, now: 0)
        #expect(bucket.remaining(policy, now: 0) == 2)
        #expect(bucket.remaining(policy, now: Self.second) == 3)
        #expect(bucket.untilFull(now: 0) == Self.second)
    }

    @Test func aClockThatStandsStillGivesNothing() {
        var bucket = TokenBucket(full: 5)
        for _ in 0..<3 { bucket.take(policy, now: 5) }
        #expect(bucket.remaining(policy, now: 5) == 0)
        #expect(bucket.wait(policy, now: 5) > 0)
    }

    @Test(arguments: [
        RatePolicy(permits: 1, period: .seconds(86_400), burst: 1_000_000),
        RatePolicy(permits: 1, period: .seconds(Int64.max), burst: .max),
    ])
    func hugePoliciesDoNotOverflow(policy: RatePolicy) {
        let now: Int64 = 1_000_000_000
        var bucket = TokenBucket(full: now)
        for _ in 0..<8 where bucket.wait(policy, now: now) == 0 {
            bucket.take(policy, now: now)
            #expect(bucket.remaining(policy, now: now) >= 0)
        }
        #expect(bucket.untilFull(now: now) > 0)
    }

    /// The exact model: in any window of length w at most burst + w / interval calls.
    @Test(arguments: 0..<50)
    func neverAllowsMoreThanTheModel(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let policy = RatePolicy(
            permits: Int(random.next() % 50) + 1, period: .seconds(Int(random.next() % 100) + 1),
            burst: Int(random.next() % 20) + 1)
        let interval = Double(policy.period / .nanoseconds(1)) / Double(policy.permits)
        var bucket = TokenBucket(full: 0)
        var now: Int64 = 0
        var taken: [Int64] = []
        for _ in 0..<400 {
            now += Int64(random.next() % UInt64(interval * 2))
            if bucket.wait(policy, now: now) == 0 {
                bucket.take(policy, now: now)
                taken.append(now)
            }
        }
        for start in taken.indices {
            for end in start..<taken.count {
                let window = Double(taken[end] - taken[start])
                #expect(Double(end - start + 1) <= Double(policy.burst) + window / interval + 1e-6)
            }
        }
    }
}

struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
