// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension LimitPolicy {
    /// The policy that these figures describe. A further rate is a window whose burst is all it permits.
    package init(_ terms: LimitTerms) {
        let first = terms.rate.map { rate in
            RateWindow(permits: rate.permits, period: rate.per.duration, burst: terms.burst ?? rate.permits)
        }
        let further = terms.windows.prefix(LimitAdjustment.maximumWindows).map { rate in
            RateWindow(permits: rate.permits, period: rate.per.duration, burst: rate.permits)
        }
        self.init(
            windows: (first.map { [$0] } ?? []) + further, concurrency: terms.concurrency,
            mode: terms.isShadow ? .shadow : .enforce)
    }
}

extension LimitDefaults {
    /// What holds for one of this kind in the end.
    package func policy(_ kind: LimitKind, adjusted adjustment: LimitAdjustment?) -> LimitPolicy {
        LimitPolicy(self[kind].applying(adjustment))
    }
}
