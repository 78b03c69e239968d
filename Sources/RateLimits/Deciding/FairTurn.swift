// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One call's standing towards the others of its consumer.
struct FairTurn {
    private let user: UnsafeMutablePointer<Slot>
    private let consumer: Seat

    /// That call for the consumer these days.
    private let users: Int64
    private let isBatch: Bool

    /// Nobody waits whom a call beyond its share would overtake.
    private let mayOvertake: Bool

    /// Counts the home user as one that calls. Nil for calls that share with nobody.
    @inline(__always)
    init?(_ request: LimitRequest, _ user: Seat?, _ consumer: Seat?, _ now: Int64) {
        guard let user = user?.slot, let consumer else { return nil }
        let epoch = FairShare.epoch(now)
        consumer.slot.pointee.turn(to: epoch)
        if user.pointee.epoch != epoch {
            user.pointee.epoch = epoch
            consumer.slot.pointee.users += 1
        }
        self.user = user
        self.consumer = consumer
        users = Int64(max(consumer.slot.pointee.users, consumer.slot.pointee.usersBefore, 1))
        isBatch = request.priority == .batch
        mayOvertake = request.mayOvertake
    }

    @inline(__always)
    func check(_ now: Int64, _ decision: inout LimitDecision) {
        guard users > 1 || isBatch else { return }
        let wait = wait(now)
        if wait > 0 { consumer.refuse(LimitViolation(.consumer, .fairShare), wait: wait, &decision) }
        if isCrowding { consumer.refuse(LimitViolation(.consumer, .fairConcurrency), wait: 0, &decision) }
    }

    /// What the call uses of the shares, if the consumer counts it.
    @inline(__always)
    func take(_ decision: LimitDecision, _ now: Int64) {
        guard decision.taken.contains(.consumer) else { return }
        let policy = consumer.policy
        for lane in policy.pointee.lanes {
            user.pointee.takeShare(lane, FairShare.bucket(ofUserAmong: users, policy, lane), now)
            if isBatch { consumer.slot.pointee.takeShare(lane, FairShare.bucketOfBatch(policy, lane), now) }
        }
    }

    /// Nanoseconds until the call may go for all that fairness asks; 0 for now.
    private func wait(_ now: Int64) -> Int64 {
        let policy = consumer.policy
        // Not `ahead`: for how long a small window has been full matters too.
        let overPlenty = consumer.slot.pointee.arrivals &- now &- policy.pointee.plenties
        guard overPlenty.max() > 0 || !mayOvertake else { return 0 }
        var longest: Int64 = 0
        for lane in policy.pointee.lanes {
            let untilPlenty = mayOvertake ? overPlenty[lane] : .max
            guard untilPlenty > 0 else { continue }
            longest = max(longest, min(untilPlenty, untilEntitled(lane, now)))
        }
        return longest
    }

    private func untilEntitled(_ lane: Int, _ now: Int64) -> Int64 {
        var wait: Int64 = 0
        if users > 1 {
            let bucket = FairShare.bucket(ofUserAmong: users, consumer.policy, lane)
            wait = max(0, max(0, user.pointee.shares[lane] - now) - bucket.tolerance)
        }
        if isBatch {
            let bucket = FairShare.bucketOfBatch(consumer.policy, lane)
            wait = max(wait, max(0, consumer.slot.pointee.shares[lane] - now) - bucket.tolerance)
        }
        return wait
    }

    /// Whether the user has more than its share of the places in flight while few are left.
    private var isCrowding: Bool {
        guard consumer.policy.pointee.concurrency != .max else { return false }
        let places = Int64(consumer.policy.pointee.concurrency)
        guard Int64(consumer.slot.pointee.inFlight) >= places - places / 4 else { return false }
        return Int64(user.pointee.inFlight) >= max(1, places / users) || isBatch
    }
}

extension Slot {
    /// Counts of an older epoch make way.
    @inline(__always)
    fileprivate mutating func turn(to epoch: UInt32) {
        guard self.epoch != epoch else { return }
        usersBefore = self.epoch &+ 1 == epoch ? users : 0
        users = 0
        self.epoch = epoch
    }

    /// The debt is bounded, so that taking from plenty is soon forgotten.
    @inline(__always)
    fileprivate mutating func takeShare(_ lane: Int, _ bucket: FairShare.Bucket, _ now: Int64) {
        let owed = max(0, shares[lane] - now).adding(bucket.interval)
        shares[lane] = now.adding(min(owed, bucket.tolerance.adding(bucket.interval)))
    }
}
