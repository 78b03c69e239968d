// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Who must yield when a consumer's limit is short.
///
/// Half of a consumer's burst is a reserve. While it is untouched anybody may call. Then only those may who have had less
/// than their share: a bucket of each home user that fills with the consumer's rate divided by the home users that called
/// lately. So somebody who asks for twenty times the share gets what the others leave, and they do not notice. What is taken
/// from plenty is not held against anybody for long: the debt on the share is bounded.
///
/// Batch calls have a bucket of a tenth of the consumer's rate together, so that they are never starved of it.
enum FairShare {
    /// How long a home user counts as one that calls: one to two epochs of this many nanoseconds.
    static let epochLength: Int64 = 10 * LimitTime.second

    /// Calls within its share that a home user may make at once, as far as a quarter of the reserve holds them.
    static let usualAllowance: Int64 = 16

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
        let calls = max(reserve / users, min(reserve / 4, usualAllowance), 1)
        return Bucket(interval: interval, tolerance: interval.times(calls - 1))
    }

    @inline(__always)
    static func bucketOfBatch(_ policy: UnsafePointer<CompiledPolicy>, _ lane: Int) -> Bucket {
        let interval = policy.pointee.intervals[lane].times(batchPart)
        let calls = max(policy.pointee.reservedCalls[lane] / batchPart, 1)
        return Bucket(interval: interval, tolerance: interval.times(calls - 1))
    }
}
