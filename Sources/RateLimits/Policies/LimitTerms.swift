// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What holds for one home user, caller, tenant or consumer, in the figures that people write. Nil: no such limit.
package struct LimitTerms: Sendable, Equatable {
    package var rate: Rate?
    /// Calls at once after a pause. Present when there is a rate.
    package var burst: Int?
    /// Calls in flight at one time.
    package var concurrency: Int?
    /// Further rates that hold beside the first.
    package var windows: [Rate]
    /// Whether what would be refused is only counted.
    package var isShadow: Bool

    package init(
        rate: Rate? = nil, burst: Int? = nil, concurrency: Int? = nil, windows: [Rate] = [], isShadow: Bool = false
    ) {
        self.rate = rate
        self.burst = burst
        self.concurrency = concurrency
        self.windows = windows
        self.isShadow = isShadow
    }

    /// These terms where the adjustment is silent, and what it says where it is not.
    ///
    /// A burst is cut to what the rate permits in a year, since either may come from a configuration that changed later. A
    /// rate where there was none, without a burst of its own, has all its permits as burst.
    package func applying(_ adjustment: LimitAdjustment?) -> LimitTerms {
        guard let adjustment else { return self }
        let rate = adjustment.rate ?? rate
        return LimitTerms(
            rate: rate,
            burst: rate.map { rate in
                let burst = adjustment.burst ?? self.burst ?? min(rate.permits, LimitAdjustment.maximumBurst)
                return min(burst, rate.permitsInAYear)
            },
            concurrency: adjustment.concurrency ?? concurrency, windows: adjustment.windows ?? windows,
            isShadow: adjustment.isShadow ?? isShadow)
    }
}

/// What holds for everybody who has no override.
package struct LimitDefaults: Sendable, Equatable {
    package var homeUser = LimitTerms()
    package var caller = LimitTerms()
    package var tenant = LimitTerms()
    package var consumer = LimitTerms()

    package init(
        homeUser: LimitTerms = LimitTerms(), caller: LimitTerms = LimitTerms(), tenant: LimitTerms = LimitTerms(),
        consumer: LimitTerms = LimitTerms()
    ) {
        self.homeUser = homeUser
        self.caller = caller
        self.tenant = tenant
        self.consumer = consumer
    }

    package subscript(kind: LimitKind) -> LimitTerms {
        get {
            switch kind {
            case .homeUser: homeUser
            case .caller: caller
            case .tenant: tenant
            case .consumer: consumer
            }
        }
        set {
            switch kind {
            case .homeUser: homeUser = newValue
            case .caller: caller = newValue
            case .tenant: tenant = newValue
            case .consumer: consumer = newValue
            }
        }
    }
}
