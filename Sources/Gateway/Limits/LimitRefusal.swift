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

    /// - Parameters:
    ///   - age: nanoseconds since the decision: a call that waits was tried for the last time a while ago.
    ///   - standing: of now. A violated limit that has room again by it is in the way no more, and is left out if others are.
    package init(_ decision: LimitDecision, age: Int64, standing: LimitStanding) {
        let all = decision.violations.all
        let lasting = all.filter { (standing.state(of: $0)?.remaining ?? 0) == 0 }
        let violations = lasting.isEmpty ? all : lasting
        let seconds = Self.seconds(violations, decision.wait - age, standing)
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
            standing.state(of: violation)?.name ?? violation.kind.rawValue
        }
    }

    /// Until all have room that have none and for which a time is known.
    ///
    /// - Parameter wait: nanoseconds that are left of what the decision said.
    private static func seconds(_ violations: [LimitViolation], _ wait: Int64, _ standing: LimitStanding) -> Int {
        var longest = 1
        for violation in violations {
            if let state = standing.state(of: violation) {
                guard state.remaining == 0, let seconds = state.nextSeconds else { continue }
                longest = max(longest, seconds)
            } else {
                longest = max(longest, LimitTime.secondsRoundedUp(max(0, wait)))
            }
        }
        return longest
    }
}

extension LimitStanding {
    /// Nil for shares, and for what holds no more.
    fileprivate func state(of violation: LimitViolation) -> LimitState? { states.first { $0.limit == violation } }
}

extension LimitViolation {
    fileprivate var isOfShare: Bool { reason == .fairShare || reason == .fairConcurrency }
}
