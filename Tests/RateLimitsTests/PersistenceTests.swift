// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct PersistenceTests {
    private static let wall: Int64 = 1_764_000_000 * second
    private let policy = LimitPolicy(windows: [perMinute(600, burst: 100), perDay(24, burst: 24)])

    private func alice() -> LimitSubjects {
        LimitSubjects(homeUser: subject(.homeUser, "alice", policy))
    }

    /// A limiter whose day is used up, as it is written to disk.
    private func spent(_ calls: Int = 24) throws -> LimitRecords {
        let limiter = Limiter()
        let alice = alice()
        for _ in 0..<calls { #expect(limiter.call(alice, now: 5 * second).isAdmitted) }
        #expect(limiter.keptChanges == UInt64(calls))
        let records = limiter.records(LimitMoment(monotonic: 5 * second, wall: Self.wall))
        return try LimitRecords(decoding: records.encoded())
    }

    @Test func aRestartHandsOutNothing() throws {
        let limiter = Limiter()
        limiter.restore(try spent(), LimitMoment(monotonic: second, wall: Self.wall + 60 * second))
        let refused = limiter.call(alice(), now: second)
        #expect(refused.violations.all == [LimitViolation(.homeUser, .rate(window: 1))])
        #expect(refused.wait == 3600 * second - 60 * second)
        #expect(limiter.call(alice(), now: second + refused.wait).isAdmitted)
    }

    @Test func onlyLongWindowsAreKept() throws {
        #expect(try spent().records.map(\.window.unitName) == ["day"])
    }

    /// The process may come up on a machine whose monotonic clock has just begun.
    @Test func theTimeInBetweenCounts() throws {
        let limiter = Limiter()
        limiter.restore(try spent(), LimitMoment(monotonic: 0, wall: Self.wall + 7200 * second))
        #expect(limiter.call(alice(), now: 0).isAdmitted)
        #expect(limiter.call(alice(), now: 0).isAdmitted)
        #expect(!limiter.call(alice(), now: 0).isAdmitted)
    }

    @Test func aClockSetBackHandsOutNothing() throws {
        let limiter = Limiter()
        limiter.restore(try spent(), LimitMoment(monotonic: 0, wall: Self.wall - 86_400 * second))
        #expect(limiter.call(alice(), now: 0).wait == 3600 * second)
    }

    @Test func aPolicyChangedMeanwhileKeepsTheCalls() throws {
        let limiter = Limiter()
        limiter.restore(try spent(20), LimitMoment(monotonic: 0, wall: Self.wall))
        let narrowed = LimitPolicy(windows: [perMinute(600, burst: 100), perDay(12, burst: 12)])
        let alice = LimitSubjects(homeUser: subject(.homeUser, "alice", narrowed))
        #expect(limiter.call(alice, now: 0).violations.all == [LimitViolation(.homeUser, .rate(window: 1))])
    }

    @Test func callsAfterTheLastWritingAreCountedAgain() throws {
        let limiter = Limiter()
        let moment = LimitMoment(monotonic: 0, wall: Self.wall + 10 * second)
        limiter.restore(try spent(20), moment)
        for number in 0..<4 { limiter.recount(alice(), at: Self.wall + Int64(number) * second, moment) }
        #expect(!limiter.call(alice(), now: 0).isAdmitted)
        let states = limiter.standing(of: alice(), now: 0).states
        #expect(states.first { $0.name == "home-user" }?.remaining == 100, "ten seconds fill a minute's window again")
    }

    @Test func recountingOwesNoMoreThanAllOfAWindow() {
        let limiter = Limiter()
        let moment = LimitMoment(monotonic: 0, wall: Self.wall)
        for _ in 0..<100 { limiter.recount(alice(), at: Self.wall, moment) }
        #expect(limiter.call(alice(), now: 0).wait == 3600 * second)
    }

    /// As when the calls were made: what a shadow policy has no room for takes nothing from it.
    @Test func recountingCountsForShadowPoliciesWhatWasCounted() {
        let limiter = Limiter()
        let shadow = LimitPolicy(rate: perDay(24, burst: 3), mode: .shadow)
        func alice() -> LimitSubjects { LimitSubjects(homeUser: subject(.homeUser, "alice", shadow)) }
        let moment = LimitMoment(monotonic: 0, wall: Self.wall)
        for _ in 0..<100 { limiter.recount(alice(), at: Self.wall, moment) }
        #expect(!limiter.call(alice(), now: 3600 * second - 1).shadowed.isEmpty)
        #expect(limiter.call(alice(), now: 3600 * second).shadowed.isEmpty)
    }

    /// The rate and a further window may have the same unit.
    @Test(arguments: [(2000, 500), (2000, 600), (3000, 500)])
    func windowsOfTheSameUnitKeepApart(rate: Int, window: Int) throws {
        let old = LimitPolicy(windows: [perDay(2000, burst: 100), perDay(500, burst: 500)])
        let limiter = Limiter()
        let alice = LimitSubjects(homeUser: subject(.homeUser, "alice", old, version: 1))
        for call in 0..<450 as Range<Int64> {
            #expect(limiter.call(alice, now: call * 45 * second).isAdmitted)
        }
        let now = 450 * 45 * second
        let before = limiter.standing(of: alice, now: now).states
        let day = try #require(before.first { $0.limit.reason == .rate(window: 1) })
        let changed = LimitPolicy(windows: [perDay(rate, burst: 100), perDay(window, burst: window)], concurrency: 9)
        let records = limiter.records(LimitMoment(monotonic: now, wall: Self.wall))
        let restarted = Limiter()
        restarted.restore(records, LimitMoment(monotonic: now, wall: Self.wall))
        for limiter in [limiter, restarted] {
            let alice = LimitSubjects(homeUser: subject(.homeUser, "alice", changed, version: 2))
            let states = limiter.standing(of: alice, now: now).states
            let after = try #require(states.first { $0.limit.reason == .rate(window: 1) })
            #expect(after.remaining == day.remaining + window - 500)
        }
    }

    @Test func namesOfAnySortSurvive() throws {
        let strange = LimitKey(.caller, tenant: "a b\n%", name: "")
        let records = LimitRecords(
            written: -5, mark: 7, records: [LimitRecord(key: strange, window: perDay(3, burst: 2), arrival: 7)])
        let none = LimitRecords(written: 0, records: [])
        #expect(try LimitRecords(decoding: records.encoded()) == records)
        #expect(try LimitRecords(decoding: none.encoded()) == none)
    }

    @Test func whatWasCutIsNotRead() throws {
        let bytes = try spent().encoded()
        for length in 0..<bytes.count {
            #expect(throws: LimitRecordsError.self) { try LimitRecords(decoding: Array(bytes[..<length])) }
        }
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= 1
            #expect(throws: LimitRecordsError.self) { try LimitRecords(decoding: damaged) }
        }
    }

    /// A run that is stopped and restarted at random never allows more than one that is not.
    @Test(arguments: 0..<20)
    func restartsNeverAllowMore(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let window = perDay(Int(random.next() % 200) + 24, burst: Int(random.next() % 30) + 10)
        func user() -> LimitSubjects {
            LimitSubjects(homeUser: subject(.homeUser, "alice", LimitPolicy(rate: window)))
        }
        var (limiter, subjects) = (Limiter(), user())
        let steady = Limiter()
        let steadySubjects = user()
        var (wall, offset): (Int64, Int64) = (Self.wall, Self.wall)
        for _ in 0..<400 {
            wall += Int64(random.next() % UInt64(window.interval))
            if random.next() % 25 == 0 {
                let records = limiter.records(LimitMoment(monotonic: wall - offset, wall: wall))
                offset = wall - Int64(random.next() % 1000) * second
                (limiter, subjects) = (Limiter(), user())
                limiter.restore(
                    try LimitRecords(decoding: records.encoded()), LimitMoment(monotonic: wall - offset, wall: wall))
            }
            let expected = steady.call(steadySubjects, now: wall).isAdmitted
            #expect(limiter.call(subjects, now: wall - offset).isAdmitted == expected)
        }
    }
}
