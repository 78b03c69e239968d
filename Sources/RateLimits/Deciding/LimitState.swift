// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How one limit stands, for the `RateLimit` fields.
package struct LimitState: Sendable, Equatable {
    /// Which one: what a call violates that does not fit into it.
    package let limit: LimitViolation
    package let measure: Measure

    /// Calls that would be allowed right now.
    package let remaining: Int

    /// Whole seconds, rounded up, until one call more would be allowed; nil if nothing is used, or no time is known.
    package let nextSeconds: Int?

    /// Whole seconds, rounded up, until nothing is used; 0 for what does not come back with time.
    package let fullInSeconds: Int

    package enum Measure: Sendable, Equatable {
        case calls(RateWindow)
        case callsInFlight(most: Int)
        /// What a home user may have of its consumer. It changes with who else calls.
        case share
    }

    /// - Parameter ahead: nanoseconds, see `Slot`.
    init(_ kind: LimitKind, index: Int, _ window: RateWindow, ahead: Int64) {
        limit = LimitViolation(kind, .rate(window: index))
        measure = .calls(window)
        let remaining = max(0, (window.tolerance + window.interval - ahead) / window.interval)
        self.remaining = Int(remaining)
        let untilNext = max(0, ahead - window.tolerance + remaining * window.interval)
        nextSeconds = ahead > 0 ? LimitTime.secondsRoundedUp(untilNext) : nil
        fullInSeconds = LimitTime.secondsRoundedUp(ahead)
    }

    init(_ kind: LimitKind, inFlight: Int, of most: Int) {
        limit = LimitViolation(kind, .concurrency)
        measure = .callsInFlight(most: most)
        remaining = max(0, most - max(0, inFlight))
        nextSeconds = nil
        fullInSeconds = 0
    }

    /// A share that is used up.
    package init(usedUp share: LimitViolation, nextSeconds: Int?) {
        limit = share
        measure = .share
        remaining = 0
        self.nextSeconds = nextSeconds
        fullInSeconds = nextSeconds ?? 0
    }
}

extension LimitState {
    package var kind: LimitKind { limit.kind }

    /// Nil for what does not count calls in time.
    package var window: RateWindow? {
        if case .calls(let window) = measure { window } else { nil }
    }

    /// The name of its policy in `RateLimit` fields.
    package var name: String {
        switch limit.reason {
        case .rate(window: 0): kind.rawValue
        case .rate: "\(kind.rawValue)-\(window?.unitName ?? "")"
        case .concurrency: kind.concurrencyName
        case .fairShare: "consumer-fair-share"
        case .fairConcurrency: "consumer-fair-concurrency"
        }
    }

    /// Of what may be used at once, what is left: the smaller, the more constrained.
    package var share: Double {
        switch measure {
        case .calls(let window): Double(remaining) / Double(window.burst)
        case .callsInFlight(let most): Double(remaining) / Double(most)
        case .share: 0
        }
    }
}

package enum LimitTime {
    package static let second: Int64 = 1_000_000_000

    /// 0 only for 0.
    package static func secondsRoundedUp(_ nanoseconds: Int64) -> Int {
        Int(nanoseconds / second) + (nanoseconds % second > 0 ? 1 : 0)
    }
}
