// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Who must yield when a consumer's limit is short.
///
/// A part of each of a consumer's windows is a reserve. While it is untouched anybody may call. Then only those may who have
/// had less than their share: a bucket of each home user that fills with the consumer's rate divided by the home users that
/// called lately. So somebody who asks for twenty times the share gets what the others leave, and they do not notice. What is
/// taken from plenty is not held against anybody for long: the debt on the share is bounded.
///
/// Batch calls have a bucket of a tenth of the consumer's rate together, so that they are never starved of it.
package enum FairShare {
    /// How long a home user counts as one that calls: one to two epochs of this many nanoseconds.
    static let epochLength: Int64 = 10 * LimitTime.second

    /// Calls within its share that a home user may make at once: a quarter of the reserve, but no fewer and no more than
    /// these. With fewer, one that keeps to its share is refused for calls that happen to come close together.
    static let usualAllowance: ClosedRange<Int64> = 4...16

    /// One batch call in so many is within the share of batch calls.
    static let batchPart: Int64 = 10

    /// At least 2, so that slots that were never used are older than any epoch.
    static func epoch(_ now: Int64) -> UInt32 {
        UInt32(truncatingIfNeeded: now / epochLength) &+ 2
    }

    /// A bucket in nanoseconds: its interval, and how far ahead of it one may be and still be within the share.
    struct Bucket {
        let interval: Int64
        let tolerance: Int64
    }

    @inline(__always)
    static func bucket(ofUserAmong users: Int64, _ policy: UnsafePointer<CompiledPolicy>, _ lane: Int) -> Bucket {
        let reserve = policy.pointee.reservedCalls[lane]
        let interval = policy.pointee.intervals[lane].times(users)
        let usual = min(max(reserve / 4, usualAllowance.lowerBound), usualAllowance.upperBound)
        let calls = reserve > users.times(usual) ? reserve / users : usual
        return Bucket(interval: interval, tolerance: interval.times(calls - 1))
    }

    @inline(__always)
    static func bucketOfBatch(_ policy: UnsafePointer<CompiledPolicy>, _ lane: Int) -> Bucket {
        let interval = policy.pointee.intervals[lane].times(batchPart)
        let calls = max(policy.pointee.reservedCalls[lane] / batchPart, 1)
        return Bucket(interval: interval, tolerance: interval.times(calls - 1))
    }
}

extension FairShare {
    /// The least burst of a consumer's rate with which home users that do not wait are kept from each other's greed: with
    /// fewer calls at once, any two that meet are in each other's way, however few they are.
    package static let leastBurst = 4

    /// Calls of a window that only those within their share may take: half of the burst, but no more than the rate brings in
    /// ten seconds (or 16), because what is left of the reserve is for nobody once all have had their share.
    static func reservedCalls(_ window: RateWindow) -> Int64 {
        let burst = Int64(window.burst)
        let most = max(epochLength / window.interval, 16)
        return max(min(burst / 2, most), Int64(leastBurst) + 1 - burst)
    }

    /// How far ahead of the steady rate a window may be and still have plenty, in nanoseconds. Less than nothing with a burst
    /// of a call or two: then there is plenty once nobody has called for a while.
    static func plenty(_ window: RateWindow) -> Int64 {
        max(window.tolerance - window.interval.times(reservedCalls(window)), -epochLength)
    }
}
