// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

/// Why limits refused a call, as its caller is told.
package struct LimitRefusal: Sendable, Equatable {
    package let violations: [LimitViolation]

    /// Whole seconds, at least 1.
    package let retryAfterSeconds: Int
    package let standing: LimitStanding

    package init(_ violations: [LimitViolation], retryAfterSeconds: Int, standing: LimitStanding = LimitStanding()) {
        self.violations = violations
        self.retryAfterSeconds = retryAfterSeconds
        self.standing = standing
    }

    package init(_ decision: LimitDecision, standing: LimitStanding) {
        self.init(decision.violations.all, retryAfterSeconds: decision.retryAfterSeconds, standing: standing)
    }

    /// The names that the policies have in `RateLimit` fields, each once.
    package var policies: [String] {
        var names: [String] = []
        for violation in violations {
            let name = name(violation)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private func name(_ violation: LimitViolation) -> String {
        guard case .rate(let window) = violation.reason else { return violation.kind.rawValue }
        return standing.states.first { $0.kind == violation.kind && $0.index == window }?.name
            ?? violation.kind.rawValue
    }
}
