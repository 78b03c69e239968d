// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How one subject's limits differ from the default. Nil: they do not.
///
/// Valid in itself; `check(on:)` tells whether it also fits the defaults.
package struct LimitAdjustment: Sendable, Equatable {
    package let rate: Rate?
    package let burst: Int?
    package let concurrency: Int?
    /// Instead of the default's; empty for none.
    package let windows: [Rate]?
    package let isShadow: Bool?

    package static let maximumBurst = 1_000_000
    package static let maximumConcurrency = 1_000_000
    /// Beside the rate.
    package static let maximumWindows = 3

    package init(
        rate: Rate? = nil, burst: Int? = nil, concurrency: Int? = nil, windows: [Rate]? = nil, isShadow: Bool? = nil
    ) throws(LimitAdjustmentError) {
        self.rate = rate
        self.burst = burst
        self.concurrency = concurrency
        self.windows = windows
        self.isShadow = isShadow
        guard rate != nil || burst != nil || concurrency != nil || windows != nil || isShadow != nil else {
            throw .empty
        }
        if let burst { try Self.check(burst: burst, rate: rate) }
        if let concurrency, !(1...Self.maximumConcurrency).contains(concurrency) { throw .concurrencyOutOfRange }
        if let windows { try Self.check(windows) }
    }

    /// Rates as texts, as they come in and as they are stored.
    package init(
        rate: String?, burst: Int?, concurrency: Int?, windows: [String]?, isShadow: Bool?
    ) throws(LimitAdjustmentError) {
        var parsed: Rate?
        if let rate {
            parsed = Rate(rate)
            guard parsed != nil else { throw .unreadableRate(rate) }
        }
        var list: [Rate]?
        if let windows {
            // Before they are parsed: somebody may have sent thousands.
            guard windows.count <= Self.maximumWindows else { throw .tooManyWindows }
            list = []
            for text in windows {
                guard let window = Rate(text) else { throw .unreadableWindow(text) }
                list?.append(window)
            }
        }
        try self.init(rate: parsed, burst: burst, concurrency: concurrency, windows: list, isShadow: isShadow)
    }

    /// This, and what the older one says where this is silent.
    package func merged(onto old: LimitAdjustment?) throws(LimitAdjustmentError) -> LimitAdjustment {
        guard let old else { return self }
        return try LimitAdjustment(
            rate: rate ?? old.rate, burst: burst ?? old.burst, concurrency: concurrency ?? old.concurrency,
            windows: windows ?? old.windows, isShadow: isShadow ?? old.isShadow)
    }

    /// Whether the burst fits the rate that it will hold with.
    package func check(on defaults: LimitTerms) throws(LimitAdjustmentError) {
        guard let burst else { return }
        guard let rate = rate ?? defaults.rate else { throw .burstWithoutRate }
        try Self.check(burst: burst, rate: rate)
    }

    private static func check(burst: Int, rate: Rate?) throws(LimitAdjustmentError) {
        guard (1...maximumBurst).contains(burst) else { throw .burstOutOfRange }
        if let rate, burst > rate.permitsInAYear { throw .burstBeyondAYear(rate) }
    }

    private static func check(_ windows: [Rate]) throws(LimitAdjustmentError) {
        guard windows.count <= maximumWindows else { throw .tooManyWindows }
        for (index, window) in windows.enumerated()
        where windows[..<index].contains(where: { $0.per == window.per }) {
            throw .repeatedWindow(window.per)
        }
    }
}

/// What is wrong with an adjustment. The description begins with the member's name.
package enum LimitAdjustmentError: Error, Sendable, Equatable, CustomStringConvertible {
    case empty
    case unreadableRate(String)
    case burstOutOfRange
    case burstBeyondAYear(Rate)
    case burstWithoutRate
    case concurrencyOutOfRange
    case unreadableWindow(String)
    case tooManyWindows
    case repeatedWindow(Rate.Unit)

    package var description: String {
        switch self {
        case .empty: "rate: missing, as are burst, concurrency, windows and mode; expected at least one of them."
        case .unreadableRate(let text): "rate: \(shown(text)) is not valid; expected \(Rate.grammar)."
        case .burstOutOfRange: "burst: expected a whole number from 1 to \(LimitAdjustment.maximumBurst)."
        case .burstBeyondAYear(let rate):
            "burst: expected at most \(rate.permitsInAYear), what the rate \(rate) permits in a year."
        case .burstWithoutRate: "burst: there is no rate that it could belong to; give a rate as well."
        case .concurrencyOutOfRange:
            "concurrency: expected a whole number from 1 to \(LimitAdjustment.maximumConcurrency)."
        case .unreadableWindow(let text): "windows: \(shown(text)) is not valid; expected \(Rate.grammar)."
        case .tooManyWindows: "windows: expected at most \(LimitAdjustment.maximumWindows)."
        case .repeatedWindow(let unit): "windows: two of them are per \(unit.word); expected one for each unit."
        }
    }

    /// Quoted, control characters escaped, long ones cut.
    private func shown(_ text: String) -> String { String(reflecting: String(text.prefix(40))) }
}
