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

    @Test func eachKindHasDefaults() {
        var all = LimitDefaults()
        all.tenant = defaults
        #expect(LimitKind.allCases.map { all[$0] == defaults } == [false, false, true, false])
    }
}
