// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How one window of one policy stands, for the `RateLimit` field.
package struct LimitState: Sendable, Equatable {
    package let kind: LimitKind

    /// Of the window within its policy.
    package let index: Int
    package let window: RateWindow

    /// Calls that would be allowed right now.
    package let remaining: Int

    /// Whole seconds, rounded up, until nothing is used of the quota.
    package let resetSeconds: Int

    init(_ kind: LimitKind, index: Int, _ window: RateWindow, ahead: Int64) {
        self.kind = kind
        self.index = index
        self.window = window
        remaining = Int(max(0, (window.tolerance + window.interval - ahead) / window.interval))
        resetSeconds = LimitTime.secondsRoundedUp(ahead)
    }

    /// The name of its policy in `RateLimit` fields.
    package var name: String {
        index == 0 ? kind.rawValue : "\(kind.rawValue)-\(window.unitName)"
    }

    /// Of the burst, what is left: the smaller, the more constrained.
    package var share: Double { Double(remaining) / Double(window.burst) }
}

package enum LimitTime {
    package static let second: Int64 = 1_000_000_000

    /// 0 only for 0.
    package static func secondsRoundedUp(_ nanoseconds: Int64) -> Int {
        Int(nanoseconds / second) + (nanoseconds % second > 0 ? 1 : 0)
    }
}
