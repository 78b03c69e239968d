// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What the limiter says of one call.
package struct LimitDecision: Sendable, Equatable {
    /// Empty: the call may go, and `Limiter.release` must follow when it has ended. Else it was counted nowhere.
    package var violations = LimitViolations()

    /// What policies in shadow mode would have refused.
    package var shadowed = LimitViolations()

    /// Nanoseconds after which the rates have room for the call, if nobody takes it before; not a nanosecond too many.
    package var wait: Int64 = 0

    /// On which kinds the call was counted.
    package var taken: LimitKinds = []

    package init() {}

    package var isAdmitted: Bool { violations.isEmpty }

    /// For `Retry-After`: rounded up and at least 1. Before that the call is refused again, unless a call in flight was in the
    /// way and ends.
    package var retryAfterSeconds: Int { max(1, LimitTime.secondsRoundedUp(wait)) }
}

/// How urgent a call is.
package enum CallPriority: String, Sendable, CaseIterable {
    case interactive
    /// Yields to interactive calls when the consumer's limit is short.
    case batch
}
