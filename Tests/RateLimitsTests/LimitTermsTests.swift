// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct LimitTermsTests {
    private let defaults = LimitTerms(
        rate: Rate(permits: 120, per: .minute), burst: 30, concurrency: 8, windows: [Rate(permits: 5_000, per: .day)])

    @Test func withoutAnOverrideTheDefaultsHold() {
        #expect(defaults.applying(nil) == defaults)
    }

    @Test func anOverrideChangesWhatItNamesAndNothingElse() throws {
        let day = Rate(permits: 900, per: .day)
        #expect(
            try defaults.applying(LimitAdjustment(rate: Rate(permits: 60, per: .minute)))
                == LimitTerms(
                    rate: Rate(permits: 60, per: .minute), burst: 30, concurrency: 8, windows: defaults.windows))
        #expect(
            try defaults.applying(LimitAdjustment(burst: 1, concurrency: 2, windows: [day], isShadow: true))
                == LimitTerms(rate: defaults.rate, burst: 1, concurrency: 2, windows: [day], isShadow: true))
        #expect(try defaults.applying(LimitAdjustment(windows: [])).windows.isEmpty)
    }

    @Test func anOverrideEnforcesWhatIsOtherwiseShadow() throws {
        var shadow = defaults
        shadow.isShadow = true
        #expect(try shadow.applying(LimitAdjustment(isShadow: false)) == defaults)
        #expect(try shadow.applying(LimitAdjustment(concurrency: 8)) == shadow)
    }

    @Test func aRateWhereThereWasNoneBringsItsBurst() throws {
        let terms = try LimitTerms().applying(LimitAdjustment(rate: Rate(permits: 60, per: .minute)))
        #expect(terms == LimitTerms(rate: Rate(permits: 60, per: .minute), burst: 60))
        let endless = try LimitTerms().applying(LimitAdjustment(rate: Rate(permits: 1_000_000_000, per: .second)))
        #expect(endless.burst == LimitAdjustment.maximumBurst)
    }

    @Test func aBurstWithoutARateMeansNothing() throws {
        #expect(try LimitTerms().applying(LimitAdjustment(burst: 5)) == LimitTerms())
    }

    /// The configuration may have changed since the override was made.
    @Test func aBurstIsCutToAYearOfTheRateItMeets() throws {
        var slow = defaults
        slow.rate = Rate(permits: 1, per: .day)
        #expect(try slow.applying(LimitAdjustment(burst: 1_000)).burst == 365)
        var large = defaults
        large.burst = 1_000
        #expect(try large.applying(LimitAdjustment(rate: slow.rate)).burst == 365)
    }

    @Test func theTermsBecomeAPolicy() throws {
        let (minute, day) = (Duration.seconds(60), Duration.seconds(86_400))
        #expect(LimitPolicy(LimitTerms()) == .unlimited)
        #expect(
            LimitPolicy(defaults)
                == LimitPolicy(
                    windows: [
                        RateWindow(permits: 120, period: minute, burst: 30),
                        RateWindow(permits: 5_000, period: day, burst: 5_000),
                    ], concurrency: 8))
        let adjustment = try LimitAdjustment(rate: "60/min", burst: 1, concurrency: nil, windows: [], isShadow: true)
        var all = LimitDefaults()
        all.caller = defaults
        #expect(
            all.policy(.caller, adjusted: adjustment)
                == LimitPolicy(
                    rate: RateWindow(permits: 60, period: minute, burst: 1), concurrency: 8, mode: .shadow))
        #expect(
            all.policy(.tenant, adjusted: adjustment).windows == [RateWindow(permits: 60, period: minute, burst: 1)])
        #expect(all.policy(.consumer, adjusted: nil) == .unlimited)
    }

    /// The largest figures that an override takes.
    @Test func thePolicyTakesWhatAnAdjustmentTakes() throws {
        let most = Rate(permits: Rate.maximumPermits, per: .second)
        let adjustment = try LimitAdjustment(
            rate: most, burst: LimitAdjustment.maximumBurst, concurrency: LimitAdjustment.maximumConcurrency,
            windows: [most, Rate(permits: Rate.maximumPermits, per: .hour), Rate(permits: 1, per: .day)])
        let policy = LimitDefaults().policy(.homeUser, adjusted: adjustment)
        #expect(policy.windows.count == LimitPolicy.maximumWindows)
    }

    @Test func eachKindHasDefaults() {
        var all = LimitDefaults()
        all.tenant = defaults
        #expect(LimitKind.allCases.map { all[$0] == defaults } == [false, false, true, false])
    }
}
