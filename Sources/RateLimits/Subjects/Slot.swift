// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A place in the table. Its generation changes when the place is given to another key.
struct SlotPlace: Sendable, Equatable {
    let rawValue: UInt64

    init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    init(_ identifier: UInt32, generation: UInt32) {
        rawValue = UInt64(generation) << 32 | UInt64(identifier)
    }

    var identifier: UInt32 { UInt32(truncatingIfNeeded: rawValue) }
    var generation: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 32) }
}

/// What is counted for one key: 96 bytes.
///
/// Each window is a token bucket kept as one number, its theoretical arrival time: when the next call would come if all calls
/// so far had come evenly (generic cell rate algorithm, ITU-T I.371, "virtual scheduling"). Times are nanoseconds; a time that
/// is past means a full bucket.
struct Slot {
    var arrivals = SIMD4<Int64>(repeating: never)

    /// The same for fair shares: of a home user its share of the consumer, of a consumer the share of batch calls.
    var shares = SIMD4<Int64>(repeating: never)

    /// Of the policy's source.
    var version: UInt64 = 0

    /// 0 is never in use.
    var generation: UInt32 = 1
    var policy: UInt32 = 0
    var inFlight: Int32 = 0

    /// Of a home user: when it called last. Of a consumer: which epoch its counts are of. See `FairShare`.
    var epoch: UInt32 = 0

    /// Of a consumer: home users that called in this epoch and in the one before.
    var users: UInt32 = 0
    var usersBefore: UInt32 = 0

    /// Before any time there is; differences with it fit.
    static let never = Int64.min / 4

    /// Nanoseconds that each window is ahead of the steady rate.
    @inline(__always)
    func ahead(_ now: Int64) -> SIMD4<Int64> {
        (arrivals &- now).raised(to: 0)
    }

    @inline(__always)
    mutating func take(_ intervals: SIMD4<Int64>, now: Int64) {
        arrivals = arrivals.raised(to: now) &+ intervals
    }

    /// Whether a new slot would decide the same from now on.
    func isAsGoodAsNew(_ now: Int64) -> Bool {
        // For how long a window has been full matters to fair shares, up to an epoch.
        inFlight == 0 && all(arrivals .<= now - FairShare.epochLength) && all(shares .<= now)
            && epoch &+ 1 < FairShare.epoch(now)
    }
}

extension SIMD4<Int64> {
    /// `pointwiseMax` with the same number for all, which the compiler does not inline.
    @inline(__always)
    func raised(to least: Int64) -> SIMD4<Int64> {
        SIMD4(Swift.max(x, least), Swift.max(y, least), Swift.max(z, least), Swift.max(w, least))
    }
}
