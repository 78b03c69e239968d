// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

/// Why limits refused a call, as its caller is told.
package struct LimitRefusal: Sendable, Equatable {
    package let violations: [LimitViolation]

    /// Whole seconds, at least 1.
    package let retryAfterSeconds: Int

    /// With the shares that are used up, which nobody counts between refusals.
    package let standing: LimitStanding

    package init(_ violations: [LimitViolation], retryAfterSeconds: Int, standing: LimitStanding = LimitStanding()) {
        self.violations = violations
        self.retryAfterSeconds = retryAfterSeconds
        self.standing = standing
    }

    /// - Parameter standing: of about the same time. What it says of the violated rates is newer than the decision of a call
    ///   that has waited since.
    package init(_ decision: LimitDecision, standing: LimitStanding) {
        let violations = decision.violations.all
        let seconds = Self.seconds(violations, standing) ?? decision.retryAfterSeconds
        let shares = violations.filter(\.isOfShare).map { violation in
            // With other reasons beside it, its own time is not known.
            LimitState(usedUp: violation, nextSeconds: decision.wait > 0 && violations.count == 1 ? seconds : nil)
        }
        self.init(
            violations, retryAfterSeconds: seconds,
            standing: shares.isEmpty ? standing : LimitStanding(shares + standing.states))
    }

    /// The names that the policies have in `RateLimit` fields.
    package var policies: [String] {
        violations.map { violation in
            standing.states.first { $0.limit == violation }?.name ?? violation.kind.rawValue
        }
    }

    /// Until all rates have room that have none; nil if something else is in the way too.
    private static func seconds(_ violations: [LimitViolation], _ standing: LimitStanding) -> Int? {
        var longest = 1
        for violation in violations {
            guard let state = standing.states.first(where: { $0.limit == violation }), state.remaining == 0,
                let seconds = state.nextSeconds
            else { return nil }
            longest = max(longest, seconds)
        }
        return longest
    }
}

extension LimitViolation {
    fileprivate var isOfShare: Bool { reason == .fairShare || reason == .fairConcurrency }
}
