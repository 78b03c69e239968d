// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import RateLimits

/// `home-user=60/min,burst=10,concurrency=4,window=5000/d`.
struct PolicyArgument: ExpressibleByArgument, Sendable {
    let kind: LimitKind
    let terms: LimitTerms

    static let form =
        "KIND=RATE[,burst=N][,concurrency=N][,window=RATE]..., KIND one of home-user, caller, tenant, consumer"

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let kind = LimitKind(rawValue: String(parts[0])),
            let adjustment = Self.adjustment(parts[1].split(separator: ",", omittingEmptySubsequences: false))
        else { return nil }
        self.kind = kind
        terms = LimitTerms().applying(adjustment)
    }

    private static func adjustment(_ parts: [Substring]) -> LimitAdjustment? {
        var (rate, burst, concurrency): (String?, Int?, Int?) = (nil, nil, nil)
        var windows: [String] = []
        for (index, part) in parts.enumerated() {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            switch (pair.first, pair.count) {
            case (_, 1) where index == 0: rate = pair[0]
            case ("burst", 2) where burst == nil && Int(pair[1]) != nil: burst = Int(pair[1])
            case ("concurrency", 2) where concurrency == nil && Int(pair[1]) != nil: concurrency = Int(pair[1])
            case ("window", 2): windows.append(pair[1])
            default: return nil
            }
        }
        return try? LimitAdjustment(
            rate: rate, burst: burst, concurrency: concurrency, windows: windows.isEmpty ? nil : windows, isShadow: nil)
    }
}
