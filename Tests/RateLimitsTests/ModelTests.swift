// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

/// Random traffic at random times against the exact model, over keys of every kind with several windows each.
struct ModelTests {
    private struct World {
        var random: SplitMix64
        var model = ExactModel()
        let limiter = Limiter(fairShare: false)
        var subjects: [LimitKey: LimitSubject] = [:]
        var now: Int64
        var running: [(keys: [LimitKey], subjects: LimitSubjects, taken: LimitKinds)] = []

        init(seed: UInt64) {
            random = SplitMix64(state: seed)
            now = Int64(random.next() % 1_000_000)
            for kind in LimitKind.allCases {
                for number in 0..<3 {
                    let name = key(kind, "\(kind.rawValue)\(number)")
                    let policy = Self.policy(&random)
                    model.owners[name] = ExactModel.Owner(policy: policy)
                    subjects[name] = LimitSubject(name, policy)
                }
            }
        }

        private static func policy(_ random: inout SplitMix64) -> LimitPolicy {
            let windows = (0..<Int(random.next() % 5)).map { _ in
                RateWindow(
                    permits: Int(random.next() % 40) + 1, period: .milliseconds(Int(random.next() % 5000) + 1),
                    burst: Int(random.next() % 12) + 1)
            }
            return LimitPolicy(windows: windows, concurrency: random.next() % 3 == 0 ? Int(random.next() % 4) + 1 : nil)
        }

        mutating func anyKeys() -> ([LimitKey], LimitSubjects) {
            var keys: [LimitKey] = []
            for kind in LimitKind.allCases where random.next() % 8 != 0 {
                keys.append(key(kind, "\(kind.rawValue)\(random.next() % 3)"))
            }
            func subject(_ kind: LimitKind) -> LimitSubject? {
                keys.first { $0.kind == kind }.flatMap { subjects[$0] }
            }
            return (
                keys,
                LimitSubjects(
                    homeUser: subject(.homeUser), caller: subject(.caller), tenant: subject(.tenant),
                    consumer: subject(.consumer))
            )
        }
    }

    @Test(arguments: 0..<60)
    func decidesAsTheExactModel(seed: UInt64) {
        var world = World(seed: seed)
        for _ in 0..<250 {
            world.now += Int64(world.random.next() % 200_000_000)
            if world.random.next() % 3 == 0, !world.running.isEmpty {
                let ended = world.running.remove(at: Int(world.random.next() % UInt64(world.running.count)))
                world.model.release(ended.keys)
                world.limiter.release(ended.subjects, taken: ended.taken)
            }
            step(&world)
        }
    }

    private func step(_ world: inout World) {
        let (keys, subjects) = world.anyKeys()
        let expected = world.model.wait(keys, now: world.now)
        let before = world.limiter.standing(of: subjects, now: world.now)
        let decision = world.limiter.admit(LimitRequest(subjects), now: world.now)
        #expect(decision.isAdmitted == (expected == 0))
        if decision.isAdmitted {
            world.model.take(keys, now: world.now)
            world.running.append((keys, subjects, decision.taken))
        } else {
            #expect(world.limiter.standing(of: subjects, now: world.now) == before, "a refusal took something")
            checkRetry(&world, keys, subjects, decision, expected)
        }
        for state in world.limiter.standing(of: subjects, now: world.now).states {
            guard let key = keys.first(where: { $0.kind == state.kind }) else { continue }
            #expect(state.remaining == world.model.remaining(key, state.limit.reason, now: world.now))
        }
    }

    /// One nanosecond earlier it is refused again, then it is admitted.
    private func checkRetry(
        _ world: inout World, _ keys: [LimitKey], _ subjects: LimitSubjects, _ decision: LimitDecision, _ wait: Int64?
    ) {
        guard let wait else { return #expect(decision.violations.needRelease) }
        #expect(decision.wait == wait)
        #expect(decision.retryAfterSeconds == max(1, Int((wait + second - 1) / second)))
        #expect(!world.limiter.admit(LimitRequest(subjects), now: world.now + wait - 1).isAdmitted)
        world.now += wait
        let retried = world.limiter.admit(LimitRequest(subjects), now: world.now)
        #expect(retried.isAdmitted)
        world.model.take(keys, now: world.now)
        world.running.append((keys, subjects, retried.taken))
    }

    /// In any interval at most burst + floor(length / interval), in whole numbers, with a fair share in force too.
    @Test(arguments: 0..<40)
    func neverAllowsMoreInAnyInterval(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let windows = (0..<Int(random.next() % 4) + 1).map { _ in
            RateWindow(
                permits: Int(random.next() % 50) + 1, period: .milliseconds(Int(random.next() % 100_000) + 1),
                burst: Int(random.next() % 20) + 1)
        }
        let limiter = Limiter()
        let consumer = subject(.consumer, "main", LimitPolicy(windows: windows))
        let users = (0..<4).map { subject(.homeUser, "user\($0)", .unlimited) }
        var (now, taken): (Int64, [Int64]) = (0, [])
        for _ in 0..<400 {
            now += Int64(random.next() % UInt64(windows[0].interval * 2))
            let subjects = LimitSubjects(homeUser: users[Int(random.next() % 4)], consumer: consumer)
            if limiter.call(subjects, now: now).isAdmitted { taken.append(now) }
        }
        #expect(!taken.isEmpty)
        for window in windows {
            for start in taken.indices {
                for end in start..<taken.count {
                    let most = Int64(window.burst) + (taken[end] - taken[start]) / window.interval
                    #expect(Int64(end - start + 1) <= most)
                }
            }
        }
    }

    /// What `t` says is when one call more would go, and not a second before; and when all of the burst is there again.
    @Test(arguments: 0..<30)
    func saysTheTruthAboutTheTimes(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let window = perMinute(Int(random.next() % 300) + 1, burst: Int(random.next() % 40) + 1)
        let limiter = Limiter()
        let alice = LimitSubjects(homeUser: subject(.homeUser, "alice", LimitPolicy(rate: window)))
        func state(_ now: Int64) -> LimitState { limiter.standing(of: alice, now: now).states[0] }
        #expect(state(0).nextSeconds == nil && state(0).fullInSeconds == 0)
        for _ in 0..<Int(random.next() % 20) + 1 { _ = limiter.call(alice, now: 0) }
        let (remaining, next) = (state(0).remaining, Int64(try #require(state(0).nextSeconds)))
        #expect(state(next * second).remaining > remaining)
        #expect(state((next - 1) * second).remaining == remaining)
        if remaining == 0 { #expect(Int64(limiter.call(alice, now: 0).retryAfterSeconds) == next) }
        let full = Int64(state(0).fullInSeconds)
        #expect(state(full * second).remaining == window.burst)
        #expect(state((full - 1) * second).fullInSeconds == 1)
    }
}
