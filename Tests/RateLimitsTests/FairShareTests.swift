// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct FairShareTests {
    /// 40 calls a second, 400 at once.
    private static let consumer = LimitPolicy(rate: perMinute(2400, burst: 400))

    /// 50 who ask for four fifths of their share of it, and one who asks for twenty times that share.
    private static func simulation(isFair: Bool, greedy: Bool = true, patience: Int64 = 0) -> FairShareSimulation {
        let share = 40_000 / 51
        var users = (0..<50).map { FairShareSimulation.User("user\($0)", callsPerThousandSeconds: share * 4 / 5) }
        if greedy { users.append(FairShareSimulation.User("greedy", callsPerThousandSeconds: share * 20)) }
        var simulation = FairShareSimulation(users: users, consumer: consumer, duration: 300)
        simulation.isFair = isFair
        simulation.patience = patience
        return simulation
    }

    private func run(_ simulation: FairShareSimulation, seed: UInt64) -> FairShareSimulation.Outcome {
        var random = SplitMix64(state: seed)
        return simulation.run(&random)
    }

    @Test(arguments: [0, 1, 2, 3, 4] as [UInt64], [0, 2_000_000_000] as [Int64])
    func oneGreedyUserLeavesTheOthersTheirThroughput(seed: UInt64, patience: Int64) {
        let alone = run(Self.simulation(isFair: true, greedy: false, patience: patience), seed: seed)
        let beside = run(Self.simulation(isFair: true, patience: patience), seed: seed)
        let (before, after) = (alone.went.reduce(0, +), beside.went[..<50].reduce(0, +))
        #expect(after * 100 >= before * 98, "\(after) of \(before)")
        for user in 0..<50 { #expect(beside.went[user] * 10 >= beside.asked[user] * 9, "user \(user)") }
        // Work-conserving: what the others leave goes to the greedy one.
        let all = beside.went.reduce(0, +)
        #expect(all >= 300 * 40 * 98 / 100, "\(all) of \(300 * 40 + 400)")
        #expect(beside.went[50] > 300 * 40 / 51)
    }

    @Test func withoutItTheOthersStarve() {
        let beside = run(Self.simulation(isFair: false), seed: 0)
        let (went, asked) = (beside.went[..<50].reduce(0, +), beside.asked[..<50].reduce(0, +))
        #expect(went * 100 < asked * 90)
    }

    @Test func aLonelyUserGetsEverything() {
        let limiter = Limiter()
        let alice = LimitSubjects(
            homeUser: subject(.homeUser, "alice", .unlimited), consumer: subject(.consumer, "main", Self.consumer))
        for _ in 0..<400 { #expect(limiter.call(alice, now: 0).isAdmitted) }
        #expect(limiter.call(alice, now: 0).violations.all == [LimitViolation(.consumer, .rate(window: 0))])
    }

    @Test func whoIsBeyondItsShareIsToldWhenToComeBack() {
        let limiter = Limiter()
        let consumer = subject(.consumer, "main", LimitPolicy(rate: perMinute(60, burst: 8)))
        let alice = LimitSubjects(homeUser: subject(.homeUser, "alice", .unlimited), consumer: consumer)
        let bob = LimitSubjects(homeUser: subject(.homeUser, "bob", .unlimited), consumer: consumer)
        #expect(limiter.call(bob, now: 0).isAdmitted)
        var refused = limiter.call(alice, now: 0)
        for _ in 0..<8 where refused.isAdmitted { refused = limiter.call(alice, now: 0) }
        #expect(refused.violations.all == [LimitViolation(.consumer, .fairShare)])
        #expect(limiter.call(bob, now: 0).isAdmitted, "the reserve is for those within their share")
        #expect(!limiter.call(alice, now: refused.wait - 1).isAdmitted)
        let again = limiter.call(alice, now: 0)
        #expect(limiter.call(alice, now: again.wait).isAdmitted)
    }

    @Test func batchYieldsToInteractiveAndDoesNotStarve() {
        var users = (0..<40).map { FairShareSimulation.User("i\($0)", callsPerThousandSeconds: 1000) }
        users += (0..<10).map { FairShareSimulation.User("b\($0)", callsPerThousandSeconds: 4000, priority: .batch) }
        let outcome = run(FairShareSimulation(users: users, consumer: Self.consumer, duration: 300), seed: 1)
        let (interactive, batch) = (outcome.went[..<40].reduce(0, +), outcome.went[40...].reduce(0, +))
        #expect(interactive * 100 >= 300 * 40 * 80 / 100 * 100)
        #expect(batch * 100 >= 300 * 40 * 7, "\(batch) of \(300 * 40)")
    }

    @Test func placesInFlightAreSharedToo() {
        let limiter = Limiter()
        let consumer = subject(.consumer, "main", LimitPolicy(concurrency: 8))
        let greedy = LimitSubjects(homeUser: subject(.homeUser, "greedy", .unlimited), consumer: consumer)
        let bob = LimitSubjects(homeUser: subject(.homeUser, "bob", .unlimited), consumer: consumer)
        let decision = limiter.admit(LimitRequest(bob), now: 0)
        limiter.release(bob, taken: decision.taken)
        var places = 0
        while limiter.admit(LimitRequest(greedy), now: 0).isAdmitted { places += 1 }
        #expect(places == 6)
        let refused = limiter.admit(LimitRequest(greedy), now: 0).violations
        #expect(refused.all == [LimitViolation(.consumer, .fairConcurrency)] && refused.needRelease)
        #expect(limiter.admit(LimitRequest(bob), now: 0).isAdmitted)
        #expect(limiter.admit(LimitRequest(bob), now: 0).isAdmitted)
    }

    /// What is left of a reserve is for nobody once all have had their share, so it must not be much.
    @Test(arguments: [true, false])
    func aDayOfTheConsumerCanBeUsedUp(isFair: Bool) {
        let limiter = Limiter(fairShare: isFair)
        let consumer = subject(
            .consumer, "main", LimitPolicy(windows: [perMinute(6000, burst: 1000), perDay(10_000, burst: 10_000)]))
        let users = (0..<10).map { number in
            LimitSubjects(homeUser: subject(.homeUser, "user\(number)", .unlimited), consumer: consumer)
        }
        var went = 0
        for round in 0..<2160 as Range<Int64> {
            for user in users where limiter.call(user, now: round * 5 * second).isAdmitted { went += 1 }
        }
        // Three hours bring 1250 calls beside the 10 000.
        #expect((11_230...11_250).contains(went), "\(went)")
    }

    /// A slow window that is used up is shared too: its trickle does not go to who asks most often.
    @Test func theTrickleOfAUsedUpDayIsShared() {
        let limiter = Limiter()
        let consumer = subject(.consumer, "main", LimitPolicy(rate: perDay(8640, burst: 500)))
        let users = (0..<5).map { number in
            LimitSubjects(homeUser: subject(.homeUser, "user\(number)", .unlimited), consumer: consumer)
        }
        var random = SplitMix64(state: 1)
        var went = Array(repeating: 0, count: 5)
        for now in 0..<20_000 as Range<Int64> {
            // The first asks every second, the others every three or so: all far more than their share.
            for user in 0..<5 where user == 0 || random.next() % 3 == 0 {
                let isAdmitted = limiter.call(users[user], now: now * second).isAdmitted
                if isAdmitted, now >= 10_000 { went[user] += 1 }
            }
        }
        #expect(went.reduce(0, +) >= 990)
        for user in 0..<5 { #expect((180...220).contains(went[user]), "\(went)") }
    }

    @Test func theSameSeedGivesTheSameRun() {
        #expect(run(Self.simulation(isFair: true), seed: 7) == run(Self.simulation(isFair: true), seed: 7))
    }
}
