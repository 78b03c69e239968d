// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct RetryAfterTests {
    @Test func readsSecondsAndDates() {
        let read = { (text: String) in RetryAfter(Array(text.utf8)) { $0 == Array("tomorrow".utf8) ? 1000 : nil } }
        #expect(read("120") == .seconds(120))
        #expect(read("tomorrow") == .date(1000))
        for text in ["", "-1", "1.5", "soon", "12345678901", " 5"] { #expect(read(text) == nil, "\(text)") }
        #expect(RetryAfter.seconds(3).wait(upstreamTime: 0) == 3 * second)
        #expect(RetryAfter.date(1000).wait(upstreamTime: 990) == 10 * second)
        #expect(RetryAfter.date(1000).wait(upstreamTime: 2000) == 0)
        #expect(RetryAfter.date(.max).wait(upstreamTime: -5) >= 0)
    }
}

struct CoolDownTests {
    @Test func pausesAsAskedWithinLimits() {
        #expect(CoolDown(wait: 20 * second, now: 5).pausedUntil == 20 * second + 5)
        #expect(CoolDown(wait: 0, now: 0).pausedUntil == CoolDown.shortestPause)
        #expect(CoolDown(wait: .max / 4, now: 0).pausedUntil == CoolDown.longestPause)
    }

    @Test func opensGently() {
        var coolDown = CoolDown(wait: 2 * second, now: 0)
        let answer1 = coolDown.admit(2 * second - 1)
        #expect(answer1 == .paused(until: 2 * second))
        var rounds: [Int] = []
        for _ in 0..<4 {
            var went = 0
            while coolDown.admit(2 * second) == .goes { went += 1 }
            rounds.append(went)
            for _ in 0..<went { coolDown.ended(isGood: true) }
        }
        #expect(rounds == [1, 2, 4, 8])
        #expect(!coolDown.isOver(2 * second))
        #expect(coolDown.isOver(2 * second + CoolDown.openingTime))
    }

    @Test func askedAgainItPausesAgain() {
        var coolDown = CoolDown(wait: second, now: 0)
        for _ in 0..<3 where coolDown.admit(second) == .goes { coolDown.ended(isGood: true) }
        coolDown.extend(wait: 3 * second, now: second)
        let answer2 = coolDown.admit(2 * second)
        #expect(answer2 == .paused(until: 4 * second))
        #expect(coolDown.places == 1)
        coolDown.extend(wait: second, now: second)
        #expect(coolDown.pausedUntil == 4 * second, "never shortened")
    }

    @Test func aBadAnswerMakesNoRoom() {
        var coolDown = CoolDown(wait: second, now: 0)
        let answer3 = coolDown.admit(second)
        #expect(answer3 == .goes)
        let answer4 = coolDown.admit(second)
        #expect(answer4 == .opening)
        coolDown.ended(isGood: false)
        let answer5 = coolDown.admit(second)
        #expect(answer5 == .goes)
        let answer6 = coolDown.admit(second)
        #expect(answer6 == .opening)
    }
}

struct CircuitBreakerTests {
    private func failing(_ failures: Int, of calls: Int, now: Int64 = 0) -> CircuitBreaker {
        var breaker = CircuitBreaker()
        for call in 0..<calls where breaker.admit(now) == .goes {
            breaker.ended(isFailure: call >= calls - failures, isProbe: false, now: now, chance: 0)
        }
        return breaker
    }

    @Test func opensAtHalfOfTwenty() {
        #expect(failing(19, of: 19).phase == .closed)
        #expect(failing(9, of: 20).phase == .closed)
        #expect(failing(10, of: 20).phase == .open(until: CircuitBreaker.shortestOpen))
    }

    @Test func whatIsOlderThanTenSecondsDoesNotCount() {
        var breaker = failing(15, of: 19)
        breaker.ended(isFailure: true, isProbe: false, now: 10 * second, chance: 0)
        #expect(breaker.phase == .closed)
        breaker = failing(15, of: 19)
        breaker.ended(isFailure: true, isProbe: false, now: 10 * second - 1, chance: 0)
        #expect(breaker.phase != .closed)
    }

    @Test(arguments: [0, 1, UInt64.max, 0x1234_5678_9ABC_DEF0] as [UInt64])
    func staysOpenForOneToFiveSeconds(chance: UInt64) {
        var breaker = failing(19, of: 19)
        breaker.ended(isFailure: true, isProbe: false, now: 0, chance: chance)
        guard case .open(let until) = breaker.phase else { return #expect(Bool(false), "not open") }
        #expect((second...5 * second).contains(until))
        let answer7 = breaker.admit(until - 1)
        #expect(answer7 == .refused(until: until))
        let answer8 = breaker.admit(until)
        #expect(answer8 == .goesAsProbe)
    }

    @Test func oneProbeFindsOut() {
        var breaker = failing(20, of: 20)
        let answer9 = breaker.admit(2 * second)
        #expect(answer9 == .goesAsProbe)
        let answer10 = breaker.admit(2 * second)
        #expect(answer10 == .refused(until: nil))
        // What still comes from before says nothing.
        breaker.ended(isFailure: false, isProbe: false, now: 2 * second, chance: 0)
        #expect(breaker.phase == .probing)
        breaker.ended(isFailure: true, isProbe: true, now: 3 * second, chance: 0)
        #expect(breaker.phase == .open(until: 4 * second))
        let answer11 = breaker.admit(4 * second)
        #expect(answer11 == .goesAsProbe)
        breaker.probeAbandoned(4 * second)
        let answer12 = breaker.admit(4 * second)
        #expect(answer12 == .goesAsProbe)
        breaker.ended(isFailure: false, isProbe: true, now: 5 * second, chance: 0)
        #expect(breaker.phase == .closed)
        #expect(breaker.openings == 2)
        breaker.ended(isFailure: true, isProbe: false, now: 5 * second, chance: 0)
        #expect(breaker.phase == .closed, "it starts counting anew")
    }
}

struct AdaptiveConcurrencyTests {
    @Test func limitsNothingUntilTheUpstreamIsOverloaded() {
        var concurrency = AdaptiveConcurrency(maximum: 64)
        for _ in 0..<200 {
            let answer13 = concurrency.admit()
            #expect(answer13)
        }
        concurrency.ended(.overloaded, now: 0)
        #expect(concurrency.limit == 44 && concurrency.isLimiting)
        let answer14 = concurrency.admit()
        #expect(!answer14)
        concurrency.ended(.overloaded, now: 1)
        #expect(concurrency.limit == 44, "one moment counts once")
        for round in 1..<10 { concurrency.ended(.overloaded, now: Int64(round) * second) }
        #expect(concurrency.limit == AdaptiveConcurrency.usualMinimum)
    }

    @Test func growsByOneARound() {
        var concurrency = AdaptiveConcurrency(maximum: 20)
        let answer15 = concurrency.admit()
        #expect(answer15)
        concurrency.ended(.overloaded, now: 0)
        #expect(concurrency.limit == 16)
        for _ in 0..<16 {
            let answer16 = concurrency.admit()
            #expect(answer16)
        }
        for _ in 0..<16 {
            concurrency.ended(.good, now: second)
            let answer17 = concurrency.admit()
            #expect(answer17)
        }
        #expect(concurrency.limit == 17)
        // Where nothing presses against the limit, a good answer says nothing about a higher one.
        for _ in 0..<16 { concurrency.ended(.other, now: second) }
        for _ in 0..<100 where concurrency.admit() { concurrency.ended(.good, now: second) }
        #expect(concurrency.limit == 17)
    }

    @Test func aSmallPoolIsItsOwnMinimum() {
        var concurrency = AdaptiveConcurrency(maximum: 4)
        let answer18 = concurrency.admit()
        #expect(answer18)
        concurrency.ended(.overloaded, now: 0)
        #expect(concurrency.limit == 4 && !concurrency.isLimiting)
    }
}

struct RetryBudgetTests {
    @Test func oneInTen() {
        var budget = RetryBudget()
        for _ in 0..<RetryBudget.most {
            let answer19 = budget.takeRetry()
            #expect(answer19)
        }
        let answer20 = budget.takeRetry()
        #expect(!answer20)
        for _ in 0..<9 { budget.firstAttempt() }
        let answer21 = budget.takeRetry()
        #expect(!answer21)
        budget.firstAttempt()
        let answer22 = budget.takeRetry()
        #expect(answer22)
        for _ in 0..<1000 { budget.firstAttempt() }
        #expect(budget.available == RetryBudget.most)
    }
}

struct UpstreamGuardTests {
    private let main = UpstreamConsumer(key(.consumer, "main"), credential: "ck-1")
    private let spare = UpstreamConsumer(key(.consumer, "spare"), credential: "ck-2")

    private func open(_ upstream: UpstreamGuard, _ consumer: UpstreamConsumer, now: Int64) throws -> UpstreamPass {
        guard case .open(let pass) = upstream.admit(consumer, now: now) else { throw Held() }
        return pass
    }

    private struct Held: Error {}

    @Test func aPauseIsTheConsumersAlone() throws {
        let upstream = UpstreamGuard(maximumConcurrency: 64)
        let pass = try open(upstream, main, now: 0)
        upstream.ended(pass, .asksForPause(wait: 10 * second, isOverload: false), now: 0, chance: 0)
        #expect(upstream.admit(main, now: 9 * second) == .closed(.paused, until: 10 * second))
        let other = try open(upstream, spare, now: 0)
        upstream.ended(other, .answered, now: 0, chance: 0)
        #expect(upstream.status(now: 0).pauses.map(\.consumer) == [main.key])
        #expect(upstream.status(now: 0).counts[.paused] == 1)
        // Then one call, then two.
        let first = try open(upstream, main, now: 10 * second)
        #expect(upstream.admit(main, now: 10 * second) == .closed(.opening, until: nil))
        upstream.ended(first, .answered, now: 10 * second, chance: 0)
        _ = try open(upstream, main, now: 10 * second)
        _ = try open(upstream, main, now: 10 * second)
        #expect(upstream.admit(main, now: 10 * second) == .closed(.opening, until: nil))
        _ = try open(upstream, main, now: 41 * second)
        #expect(upstream.status(now: 41 * second).pauses.isEmpty)
    }

    @Test func whatIsGivenBackFreesTheProbe() throws {
        let upstream = UpstreamGuard(maximumConcurrency: 64)
        for _ in 0..<20 {
            upstream.ended(try open(upstream, main, now: 0), .transportFailure, now: 0, chance: 0)
        }
        #expect(upstream.admit(main, now: 0) == .closed(.circuitOpen, until: second))
        let probe = try open(upstream, spare, now: second)
        #expect(upstream.admit(main, now: second) == .closed(.circuitOpen, until: nil))
        upstream.giveBack(probe, now: second)
        let again = try open(upstream, main, now: second)
        upstream.ended(again, .answered, now: second, chance: 0)
        _ = try open(upstream, main, now: second)
        _ = try open(upstream, main, now: second)
    }

    @Test func overloadLimitsCallsUnderWay() throws {
        let upstream = UpstreamGuard(maximumConcurrency: 20)
        let passes = try (0..<20).map { _ in try open(upstream, main, now: 0) }
        upstream.ended(passes[0], .serverError, now: 0, chance: 0)
        #expect(upstream.admit(main, now: 0) == .closed(.busy, until: nil))
        for pass in passes[1...4] { upstream.ended(pass, .answered, now: 0, chance: 0) }
        _ = try open(upstream, main, now: 0)
        #expect(upstream.admit(main, now: 0) == .closed(.busy, until: nil))
    }

    @Test func whatIsSwitchedOffDoesNothing() throws {
        let upstream = UpstreamGuard([], maximumConcurrency: 4)
        for _ in 0..<50 {
            let pass = try open(upstream, main, now: 0)
            upstream.ended(pass, .asksForPause(wait: second, isOverload: false), now: 0, chance: 0)
            let first = try open(upstream, main, now: 0)
            let second = try #require(upstream.admitAgain(after: first, .timeout, now: 0, chance: 0))
            upstream.ended(second, .timeout, now: 0, chance: 0)
        }
    }

    @Test func aPauseHoldsTheCredentialUnderAllItsNames() throws {
        let upstream = UpstreamGuard(maximumConcurrency: 64)
        let pass = try open(upstream, main, now: 0)
        upstream.ended(pass, .asksForPause(wait: 10 * second, isOverload: false), now: 0, chance: 0)
        let elsewhere = UpstreamConsumer(
            LimitKey(.consumer, tenant: "elsewhere", name: "other"), credential: main.credential)
        #expect(upstream.admit(elsewhere, now: second) == .closed(.paused, until: 10 * second))
        _ = try open(upstream, UpstreamConsumer(main.key, credential: "rotated"), now: second)
        // Where no credential is known the name stands for it.
        let unknown = UpstreamConsumer(main.key)
        #expect(unknown == UpstreamConsumer(main.key) && unknown != UpstreamConsumer(spare.key) && unknown != main)
    }

    @Test func secondAttemptsHaveABudget() throws {
        let upstream = UpstreamGuard(.retryBudget, maximumConcurrency: 4)
        for _ in 0..<RetryBudget.most {
            let first = try open(upstream, main, now: 0)
            let second = try #require(upstream.admitAgain(after: first, .transportFailure, now: 0, chance: 0))
            upstream.ended(second, .answered, now: 0, chance: 0)
        }
        // The next first attempt pays for one; second ones pay nothing.
        #expect(upstream.status(now: 0).retriesLeft == 0)
        let first = try open(upstream, main, now: 0)
        let last = try #require(upstream.admitAgain(after: first, .answered, now: 0, chance: 0))
        upstream.giveBack(last, now: 0)
        #expect(upstream.status(now: 0).retriesLeft == 1, "it was not sent")
        let next = try open(upstream, main, now: 0)
        let used = try #require(upstream.admitAgain(after: next, .answered, now: 0, chance: 0))
        upstream.ended(used, .answered, now: 0, chance: 0)
        let over = try open(upstream, main, now: 0)
        #expect(upstream.admitAgain(after: over, .transportFailure, now: 0, chance: 0) == nil)
        #expect(upstream.status(now: 0).counts.retriesRefused == 1)
        #expect(upstream.status(now: 0).concurrency.inFlight == 0)
    }

    @Test func aSecondAttemptMeetsAPauseThatBeganMeanwhile() throws {
        let upstream = UpstreamGuard(maximumConcurrency: 64)
        let first = try open(upstream, main, now: 0)
        let other = try open(upstream, main, now: 0)
        upstream.ended(other, .asksForPause(wait: 10 * second, isOverload: false), now: 0, chance: 0)
        #expect(upstream.admitAgain(after: first, .transportFailure, now: 0, chance: 0) == nil)
        let status = upstream.status(now: 0)
        #expect(status.counts[.paused] == 1 && status.concurrency.inFlight == 0)
        #expect(status.retriesLeft == RetryBudget.most, "what is not sent costs nothing")
    }

    @Test func eachFailedAttemptCountsForTheBreaker() throws {
        let upstream = UpstreamGuard([.breaker], maximumConcurrency: 64)
        for _ in 0..<CircuitBreaker.leastCalls / 2 - 1 {
            let first = try open(upstream, main, now: 0)
            let second = try #require(upstream.admitAgain(after: first, .transportFailure, now: 0, chance: 0))
            upstream.ended(second, .transportFailure, now: 0, chance: 0)
        }
        let first = try open(upstream, main, now: 0)
        let last = try #require(upstream.admitAgain(after: first, .transportFailure, now: 0, chance: 0))
        upstream.ended(last, .transportFailure, now: 0, chance: 0)
        #expect(upstream.status(now: 0).breaker == .open(until: second))
        // A probe that failed is not followed by another at once.
        let probe = try open(upstream, main, now: second)
        #expect(upstream.admitAgain(after: probe, .transportFailure, now: second, chance: 0) == nil)
        #expect(upstream.status(now: second).breaker == .open(until: 2 * second))
    }
}

extension AdaptiveConcurrency {
    /// Counts a call if there is room for it.
    fileprivate mutating func admit() -> Bool {
        guard hasRoom else { return false }
        begin()
        return true
    }
}
