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

    @Test func aFloodOfKindsTakesFewRecords() {
        var limits = DenialAggregate.Limits()
        limits.keys = 3
        limits.outlines = 2
        var aggregate = DenialAggregate(limits: limits)
        var singles = 0
        for number in 0..<500 { singles += aggregate.refused(denial("c\(number)"), at: 5).count }
        #expect(singles == 3)
        let records = aggregate.flush(at: second)
        // Two of the others by name, the rest together.
        #expect(counts(records) == [495, 1, 1])
        guard case .denied(let rest)? = records.first?.content else { return }
        #expect(rest.key.problem == "too-many-kinds" && rest.key.caller == nil && rest.key.status == 429)
    }

    /// An hour of two hundred refusals a second, of twenty kinds.
    @Test func aFloodThatLastsTakesABoundedNumberOfRecords() {
        var aggregate = DenialAggregate()
        var (records, counted) = (0, 0)
        func take(_ some: [JournalRecord]) {
            records += some.count
            counted += counts(some).reduce(0, +)
        }
        let hour: Int64 = 3600
        for now in 0..<hour {
            for kind in 0..<20 {
                var denial = denial("c\(kind)")
                denial.count = 10
                take(aggregate.refused(denial, at: now * second + Int64(kind)))
            }
        }
        take(aggregate.drain(at: hour * second))
        #expect(counted == Int(hour) * 200, "every one is counted")
        #expect(records < 10_000 + 60 * (30 + 17))
        // When it is over, refusals are recorded one by one again.
        let later = 3 * hour * second
        _ = aggregate.flush(at: later)
        for _ in 0..<5 { #expect(counts(aggregate.refused(denial("a"), at: later + second)) == [1]) }
    }

    @Test func aClockThatGoesBackLosesNothing() {
        var limits = DenialAggregate.Limits()
        limits.single = 1
        var aggregate = DenialAggregate(limits: limits)
        for _ in 0..<3 { _ = aggregate.refused(denial("a"), at: 9 * second) }
        #expect(counts(aggregate.flush(at: 2 * second)) == [2])
    }
}
