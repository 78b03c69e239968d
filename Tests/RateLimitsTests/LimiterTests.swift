// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct LimiterTests {
    private static let second: Int64 = 1_000_000_000
    private let alice = LimitKey(.homeUser, tenant: "acme", name: "alice")
    private let bob = LimitKey(.homeUser, tenant: "acme", name: "bob")
    private let backend = LimitKey(.caller, tenant: "acme", name: "backend")

    private func limiter(caller: LimitPolicy = LimitPolicy()) -> Limiter {
        Limiter(policies: [
            .homeUser: LimitPolicy(rate: RatePolicy(permits: 60, period: .seconds(60), burst: 2), concurrency: 2),
            .caller: caller,
        ])
    }

    @Test func saysWhoseLimitAndWhenToComeBack() {
        let limiter = limiter()
        for _ in 0..<2 {
            guard case .admitted = limiter.admit([alice, backend], now: 0) else {
                Issue.record("refused within the burst")
                return
            }
            limiter.release([alice, backend])
        }
        guard case .refused(let violation, let states) = limiter.admit([alice, backend], now: 0) else {
            Issue.record("admitted over the burst")
            return
        }
        #expect(violation == LimitViolation(kind: .homeUser, reason: .rate, retryAfterSeconds: 1))
        #expect(states.map(\.remaining) == [0])
        guard case .admitted = limiter.admit([alice, backend], now: Self.second) else {
            Issue.record("refused although the time was up")
            return
        }
    }

    @Test func aRefusalTakesNothingFromAnyKey() {
        let limiter = limiter(caller: LimitPolicy(rate: RatePolicy(permits: 60, period: .seconds(60), burst: 3)))
        for _ in 0..<10 { _ = limiter.admit([alice, backend], now: 0) }
        guard case .admitted(let states) = limiter.admit([bob, backend], now: 0) else {
            Issue.record("the refusals of alice were counted against the caller")
            return
        }
        #expect(states.map(\.remaining) == [1, 0])
    }

    @Test func countsCallsInFlight() {
        let limiter = limiter()
        _ = limiter.admit([alice], now: 0)
        _ = limiter.admit([alice], now: 0)
        guard case .refused(let violation, _) = limiter.admit([alice], now: 10 * Self.second) else {
            Issue.record("a third call in flight was admitted")
            return
        }
        #expect(violation.reason == .concurrency)
        limiter.release([alice])
        guard case .admitted = limiter.admit([alice], now: 10 * Self.second) else {
            Issue.record("the place was not given back")
            return
        }
    }

    @Test func forgetsKeysThatAreAsGoodAsNew() {
        let limiter = limiter()
        for number in 0..<20_000 {
            let key = LimitKey(.homeUser, tenant: "acme", name: "user\(number)")
            let now = Int64(number) * Self.second
            if case .admitted = limiter.admit([key], now: now) { limiter.release([key]) }
        }
        #expect(limiter.size <= 4096)
    }
}
