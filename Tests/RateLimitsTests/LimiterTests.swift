// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct LimiterTests {
    private let limiter = Limiter()
    private let backend = subject(.caller, "backend", .unlimited)

    private func alice(_ policy: LimitPolicy, version: UInt64 = 0) -> LimitSubjects {
        LimitSubjects(homeUser: subject(.homeUser, "alice", policy, version: version), caller: backend)
    }

    @Test func allowsTheBurstAtOnceThenOneASecond() {
        let alice = alice(LimitPolicy(rate: perMinute(60, burst: 3)))
        for _ in 0..<3 { #expect(limiter.call(alice, now: 0).isAdmitted) }
        let refused = limiter.call(alice, now: 0)
        #expect(refused.violations.all == [LimitViolation(.homeUser, .rate(window: 0))])
        #expect(refused.wait == second)
        #expect(!limiter.call(alice, now: second - 1).isAdmitted)
        #expect(limiter.call(alice, now: second).isAdmitted)
    }

    @Test func refusesByTheLongestOfAllWindows() {
        let alice = alice(LimitPolicy(windows: [perMinute(60, burst: 10), perDay(5, burst: 2)]))
        for _ in 0..<2 { #expect(limiter.call(alice, now: 0).isAdmitted) }
        let refused = limiter.call(alice, now: 0)
        #expect(refused.violations.all == [LimitViolation(.homeUser, .rate(window: 1))])
        #expect(refused.retryAfterSeconds == 86_400 / 5)
        let states = limiter.standing(of: alice, now: 0).states
        #expect(states.map(\.name) == ["home-user-day", "home-user"])
        #expect(states.map(\.remaining) == [0, 8])
    }

    @Test func aRefusalTakesNothingFromAnyKey() {
        let caller = subject(.caller, "batch", LimitPolicy(rate: perMinute(60, burst: 3)))
        let narrow = LimitPolicy(rate: perMinute(60, burst: 2))
        let alice = LimitSubjects(homeUser: subject(.homeUser, "alice", narrow), caller: caller)
        let bob = LimitSubjects(homeUser: subject(.homeUser, "bob", .unlimited), caller: caller)
        for _ in 0..<10 { _ = limiter.call(alice, now: 0) }
        #expect(limiter.call(bob, now: 0).isAdmitted)
        #expect(!limiter.call(bob, now: 0).isAdmitted)
    }

    @Test func countsCallsInFlight() {
        let alice = alice(LimitPolicy(concurrency: 2))
        let first = limiter.admit(LimitRequest(alice), now: 0)
        _ = limiter.admit(LimitRequest(alice), now: 0)
        let refused = limiter.admit(LimitRequest(alice), now: 10 * second)
        #expect(refused.violations.all == [LimitViolation(.homeUser, .concurrency)])
        #expect(refused.retryAfterSeconds == 1)
        limiter.release(alice, taken: first.taken)
        #expect(limiter.admit(LimitRequest(alice), now: 10 * second).isAdmitted)
    }

    @Test func namesEveryViolatedPolicy() {
        let narrow = LimitPolicy(rate: perMinute(1, burst: 1), concurrency: 1)
        let subjects = LimitSubjects(
            homeUser: subject(.homeUser, "alice", narrow), caller: subject(.caller, "backend", narrow),
            tenant: subject(.tenant, "acme", narrow), consumer: subject(.consumer, "main", narrow))
        _ = limiter.admit(LimitRequest(subjects), now: 0)
        let refused = limiter.admit(LimitRequest(subjects), now: 0)
        #expect(refused.violations.all.count == 8)
        #expect(refused.violations.needRelease)
        #expect(limiter.counts.consumer.admitted == 1)
        #expect(limiter.counts.consumer.refused == 1)
    }

    /// A client that reads the first alone must not come back too early.
    @Test func ofThoseThatAreUsedUpTheLongestComesFirst() {
        let policy = LimitPolicy(windows: [perMinute(60, burst: 2), perDay(40, burst: 2)], concurrency: 3)
        let alice = alice(policy)
        for _ in 0..<2 { _ = limiter.call(alice, now: 0) }
        let states = limiter.standing(of: alice, now: 0).states
        #expect(states.map(\.name) == ["home-user-day", "home-user", "home-user-concurrency"])
        #expect(states.map(\.nextSeconds) == [2160, 1, nil])
        #expect(states.map(\.remaining) == [0, 0, 3])
    }

    @Test func aCallThatEndsDoesNotCountAsInFlight() {
        let alice = alice(LimitPolicy(concurrency: 2))
        let decision = limiter.admit(LimitRequest(alice), now: 0)
        #expect(limiter.standing(of: alice, now: 0).states.map(\.remaining) == [1])
        #expect(limiter.standing(of: alice, ending: decision.taken, now: 0).states.map(\.remaining) == [2])
    }

    // MARK: Policies that change

    @Test func aNewPolicyHoldsForTheNextDecision() {
        for _ in 0..<2 { #expect(limiter.call(alice(LimitPolicy(rate: perMinute(60, burst: 2))), now: 0).isAdmitted) }
        #expect(!limiter.call(alice(LimitPolicy(rate: perMinute(60, burst: 2))), now: 0).isAdmitted)
        let wider = alice(LimitPolicy(rate: perMinute(60, burst: 5)), version: 1)
        for _ in 0..<3 { #expect(limiter.call(wider, now: 0).isAdmitted) }
        #expect(!limiter.call(wider, now: 0).isAdmitted, "the calls made before are counted")
    }

    @Test func showsAChangedPolicyBeforeTheNextCall() {
        #expect(limiter.call(alice(LimitPolicy(rate: perMinute(60, burst: 2)), version: 1), now: 0).isAdmitted)
        let changed = alice(LimitPolicy(rate: perMinute(30, burst: 9)), version: 2)
        #expect(limiter.standing(of: changed, now: 0).states.map(\.window?.burst) == [9])
    }

    @Test func anOldPolicyDoesNotComeBack() {
        let old = alice(LimitPolicy(rate: perMinute(60, burst: 9)), version: 1)
        #expect(limiter.call(alice(LimitPolicy(rate: perMinute(60, burst: 1)), version: 2), now: 0).isAdmitted)
        #expect(!limiter.call(old, now: 0).isAdmitted)
    }

    @Test func callsAreCarriedOverAndNotTime() {
        let slow = alice(LimitPolicy(rate: perDay(10, burst: 10)))
        for _ in 0..<10 { #expect(limiter.call(slow, now: 0).isAdmitted) }
        // Ten calls owed: ten seconds at this rate, not a day.
        let fast = alice(LimitPolicy(rate: perMinute(60, burst: 10)), version: 1)
        #expect(limiter.call(fast, now: 0).wait == second)
        let both = alice(LimitPolicy(windows: [perMinute(600, burst: 30), perMinute(60, burst: 10)]), version: 2)
        #expect(!limiter.call(both, now: 0).isAdmitted)
        #expect(limiter.standing(of: both, now: 0).states.count == 2)
    }

    // MARK: Shadow mode

    @Test func aShadowPolicyLetsThroughAndCounts() throws {
        let shadow = LimitPolicy(rate: perMinute(60, burst: 2), concurrency: 1, mode: .shadow)
        let alice = alice(shadow)
        let decisions = (0..<5).map { _ in limiter.call(alice, now: 0) }
        #expect(decisions.map(\.isAdmitted) == Array(repeating: true, count: 5))
        #expect(decisions.map(\.shadowed.isEmpty) == [true, true, false, false, false])
        #expect(limiter.counts.homeUser.admitted == 2)
        #expect(limiter.counts.homeUser.shadowed == 3)
        // As after two calls: what it would have refused took nothing.
        #expect(limiter.call(alice, now: second).shadowed.isEmpty)
        #expect(limiter.inFlight(try #require(alice.homeUser)) == 0)
        #expect(limiter.standing(of: alice, now: 0).states.isEmpty, "callers are not told of it")
    }

    /// Shadow mode counts what enforcing would have refused.
    @Test(arguments: 0..<20)
    func shadowAndEnforceCountTheSame(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let rate = perMinute(Int(random.next() % 100) + 1, burst: Int(random.next() % 10) + 1)
        let shadow = alice(LimitPolicy(rate: rate, mode: .shadow))
        let enforced = LimitSubjects(homeUser: subject(.homeUser, "bob", LimitPolicy(rate: rate)))
        var now: Int64 = 0
        for _ in 0..<300 {
            now += Int64(random.next() % UInt64(rate.interval))
            let decision = limiter.call(shadow, now: now)
            #expect(decision.shadowed.isEmpty == limiter.call(enforced, now: now).isAdmitted)
        }
    }

    @Test(arguments: [
        RateWindow(permits: 1, period: .seconds(86_400), burst: 1_000_000),
        RateWindow(permits: 1, period: .seconds(Int64.max), burst: .max),
    ])
    func hugePoliciesDoNotOverflow(window: RateWindow) {
        let alice = alice(LimitPolicy(rate: window))
        for _ in 0..<8 { _ = limiter.call(alice, now: 1_000_000_000) }
        #expect(limiter.standing(of: alice, now: 1_000_000_000).states[0].remaining >= 0)
    }
}
