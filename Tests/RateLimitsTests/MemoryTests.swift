// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct MemoryTests {
    /// Bytes, names included. See docs/limits.md.
    private static let most = 256 << 20

    /// A name of this many bytes takes 64 in the heap.
    private static let heapPerName = 64

    @Test func aMillionUsersFit() {
        let limiter = Limiter()
        let policy = LimitPolicy(rate: perMinute(1, burst: 1000))
        let consumer = subject(.consumer, "main", LimitPolicy(rate: perMinute(1_000_000_000, burst: 1_000_000)))
        var refused = 0
        for number in 0..<1_000_000 {
            let user = subject(.homeUser, "somebody-number-\(number)", policy)
            let decision = limiter.call(LimitSubjects(homeUser: user, consumer: consumer), now: Int64(number) * 100)
            if !decision.isAdmitted { refused += 1 }
        }
        #expect(refused == 0)
        #expect(limiter.size == 1_000_001)
        let bytes = limiter.memory + limiter.size * Self.heapPerName
        #expect(bytes < Self.most, "\(bytes >> 20) MiB")
    }

    @Test func forgetsKeysThatAreAsGoodAsNew() {
        let limiter = Limiter()
        let policy = LimitPolicy(rate: perMinute(60, burst: 2))
        for number in 0..<20_000 {
            let user = LimitSubjects(homeUser: subject(.homeUser, "user\(number)", policy))
            #expect(limiter.call(user, now: Int64(number) * second).isAdmitted)
        }
        #expect(limiter.size < 100)
        limiter.sweep(atMost: 20_000, now: 30_000 * second)
        #expect(limiter.size == 0)
    }

    @Test func keepsWhatIsInFlightOrOwed() {
        let limiter = Limiter()
        let busy = LimitSubjects(homeUser: subject(.homeUser, "busy", LimitPolicy(concurrency: 2)))
        let owing = LimitSubjects(homeUser: subject(.homeUser, "owing", LimitPolicy(rate: perDay(1, burst: 1))))
        let decision = limiter.admit(LimitRequest(busy), now: 0)
        _ = limiter.call(owing, now: 0)
        limiter.sweep(atMost: 100, now: 86_399 * second)
        #expect(limiter.size == 2)
        limiter.release(busy, taken: decision.taken)
        limiter.sweep(atMost: 100, now: 86_411 * second)
        #expect(limiter.size == 0)
    }

    /// One limiter forgets at every chance, the other never: they must not differ.
    @Test(arguments: 0..<30, [20, 1])
    func forgettingChangesNothing(seed: UInt64, burst: Int) {
        var random = SplitMix64(state: seed)
        let (tidy, other) = (Limiter(), Limiter())
        let window = RateWindow(permits: 10, period: .seconds(10), burst: 6)
        let consumer = LimitPolicy(rate: RateWindow(permits: 30, period: .seconds(10), burst: burst), concurrency: 4)
        var running: [(LimitSubjects, LimitSubjects, LimitKinds)] = []
        var now: Int64 = 0
        for _ in 0..<600 {
            now += Int64(random.next() % UInt64(random.next() % 20 == 0 ? 60 * second : second))
            let name = "user\(random.next() % 6)"
            func subjects() -> LimitSubjects {
                LimitSubjects(
                    homeUser: subject(.homeUser, name, LimitPolicy(rate: window)),
                    consumer: subject(.consumer, "main", consumer))
            }
            let (mine, theirs) = (subjects(), subjects())
            let priority: CallPriority = random.next() % 4 == 0 ? .batch : .interactive
            let decision = tidy.admit(LimitRequest(mine, priority: priority), now: now)
            #expect(decision == other.admit(LimitRequest(theirs, priority: priority), now: now))
            if decision.isAdmitted { running.append((mine, theirs, decision.taken)) }
            if random.next() % 2 == 0, let (mine, theirs, taken) = running.popLast() {
                tidy.release(mine, taken: taken)
                other.release(theirs, taken: taken)
            }
            tidy.sweep(atMost: 50, now: now)
        }
        #expect(tidy.size <= other.size)
    }
}
