// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct LimitAdjustmentTests {
    private static let minute = Rate(permits: 60, per: .minute)

    @Test func readsTexts() throws {
        let adjustment = try LimitAdjustment(
            rate: "60/min", burst: 10, concurrency: 4, windows: ["5000/day", "900/h"], isShadow: true)
        #expect(adjustment.rate == Self.minute)
        #expect(adjustment.windows == [Rate(permits: 5_000, per: .day), Rate(permits: 900, per: .hour)])
        #expect(adjustment.burst == 10 && adjustment.concurrency == 4 && adjustment.isShadow == true)
    }

    @Test(arguments: ["", "often", "0/min", "-5/min", "60/fortnight", "60/min\u{1B}[2J"])
    func namesARateThatIsNone(text: String) {
        #expect(throws: LimitAdjustmentError.unreadableRate(text)) {
            try LimitAdjustment(rate: text, burst: nil, concurrency: nil, windows: nil, isShadow: nil)
        }
        #expect(throws: LimitAdjustmentError.unreadableWindow(text)) {
            try LimitAdjustment(rate: nil, burst: nil, concurrency: nil, windows: ["5/d", text], isShadow: nil)
        }
        #expect(LimitAdjustmentError.unreadableRate(text).description.hasPrefix("rate: \""))
        #expect(!LimitAdjustmentError.unreadableWindow(text).description.contains("\u{1B}"))
    }

    @Test(arguments: [0, -1, .min, 1_000_001, .max])
    func refusesNumbersOutOfRange(number: Int) {
        #expect(throws: LimitAdjustmentError.burstOutOfRange) { try LimitAdjustment(burst: number) }
        #expect(throws: LimitAdjustmentError.concurrencyOutOfRange) { try LimitAdjustment(concurrency: number) }
    }

    @Test func refusesABurstThatTakesMoreThanAYear() throws {
        let daily = Rate(permits: 1, per: .day)
        _ = try LimitAdjustment(rate: daily, burst: 365)
        #expect(throws: LimitAdjustmentError.burstBeyondAYear(daily)) { try LimitAdjustment(rate: daily, burst: 366) }
        #expect(throws: LimitAdjustmentError.burstBeyondAYear(daily)) {
            try LimitAdjustment(rate: daily).merged(onto: LimitAdjustment(burst: 366))
        }
        #expect(throws: LimitAdjustmentError.burstBeyondAYear(daily)) {
            try LimitAdjustment(burst: 366).check(on: LimitTerms(rate: daily, burst: 1))
        }
        #expect(throws: LimitAdjustmentError.burstWithoutRate) { try LimitAdjustment(burst: 1).check(on: LimitTerms()) }
        try LimitAdjustment(rate: Self.minute, burst: 366).check(on: LimitTerms(rate: daily, burst: 1))
    }

    @Test func refusesAnEmptyOneAndTooManyWindows() {
        #expect(throws: LimitAdjustmentError.empty) { try LimitAdjustment() }
        #expect(throws: LimitAdjustmentError.tooManyWindows) {
            try LimitAdjustment(windows: Rate.Unit.allCases.map { Rate(permits: 1, per: $0) })
        }
        #expect(throws: LimitAdjustmentError.repeatedWindow(.day)) {
            try LimitAdjustment(windows: [Rate(permits: 1, per: .day), Rate(permits: 2, per: .day)])
        }
    }

    @Test func mergingKeepsWhatTheNewOneDoesNotSay() throws {
        let old = try LimitAdjustment(rate: Self.minute, burst: 10, windows: [], isShadow: true)
        let merged = try LimitAdjustment(concurrency: 3, isShadow: false).merged(onto: old)
        #expect(
            try merged == LimitAdjustment(rate: Self.minute, burst: 10, concurrency: 3, windows: [], isShadow: false))
        #expect(try merged.merged(onto: nil) == merged)
    }
}
