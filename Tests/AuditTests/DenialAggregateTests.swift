// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Audit

struct DenialAggregateTests {
    private let second: Int64 = 1_000_000

    private func denial(_ caller: String) -> DeniedCalls {
        DeniedCalls(
            key: DenialKey(
                tenant: "acme", caller: caller, user: nil, route: nil, problem: "rate-limited", status: 429), count: 1)
    }

    private func counts(_ records: [JournalRecord]) -> [Int] {
        records.compactMap { if case .denied(let denied) = $0.content { denied.count } else { nil } }
    }

    @Test func recordsTheFirstFewAndCountsTheRest() {
        var limits = DenialAggregate.Limits()
        limits.single = 2
        var aggregate = DenialAggregate(limits: limits)
        for _ in 0..<2 { #expect(counts(aggregate.refused(denial("a"), at: 5)) == [1]) }
        for _ in 0..<7 { #expect(aggregate.refused(denial("a"), at: 5).isEmpty) }
        #expect(aggregate.nextFlush == second)
        #expect(counts(aggregate.refused(denial("a"), at: second)) == [7, 1])
        #expect(aggregate.drain(at: second).isEmpty)
        #expect(aggregate.nextFlush == nil)
    }

    @Test func keepsKeysApart() {
        var aggregate = DenialAggregate()
        #expect(counts(aggregate.refused(denial("a"), at: 5)) == [1])
        #expect(counts(aggregate.refused(denial("b"), at: 5)) == [1])
        #expect(aggregate.flush(at: second).isEmpty)
    }

    @Test func aFloodOfKeysTakesOneRecord() {
        var limits = DenialAggregate.Limits()
        limits.keys = 3
        var aggregate = DenialAggregate(limits: limits)
        var singles = 0
        for number in 0..<500 { singles += aggregate.refused(denial("c\(number)"), at: 5).count }
        #expect(singles == 3)
        #expect(counts(aggregate.flush(at: second)) == [497])
    }

    @Test func aClockThatGoesBackLosesNothing() {
        var limits = DenialAggregate.Limits()
        limits.single = 1
        var aggregate = DenialAggregate(limits: limits)
        for _ in 0..<3 { _ = aggregate.refused(denial("a"), at: 9 * second) }
        #expect(counts(aggregate.flush(at: 2 * second)) == [2])
    }
}
