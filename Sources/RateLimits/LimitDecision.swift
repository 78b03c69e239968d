// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What the limiter says of one call.
package enum LimitDecision: Sendable, Equatable {
    /// Counted on every key. `release` must follow when the call ends.
    case admitted([LimitState])

    /// Counted nowhere.
    case refused(LimitViolation, [LimitState])
}

/// How a policy with a rate stands, for the `RateLimit` field.
package struct LimitState: Sendable, Equatable {
    package let kind: LimitKind
    package let policy: RatePolicy

    /// Calls that would be allowed right now.
    package let remaining: Int

    /// Whole seconds, rounded up, until nothing is used of the quota.
    package let resetSeconds: Int

    package init(kind: LimitKind, policy: RatePolicy, remaining: Int, resetSeconds: Int) {
        self.kind = kind
        self.policy = policy
        self.remaining = remaining
        self.resetSeconds = resetSeconds
    }
}

package struct LimitViolation: Sendable, Equatable {
    package enum Reason: String, Sendable {
        case rate
        case concurrency
    }

    package let kind: LimitKind
    package let reason: Reason

    /// Whole seconds, rounded up and at least 1: an earlier call is refused again.
    package let retryAfterSeconds: Int

    package init(kind: LimitKind, reason: Reason, retryAfterSeconds: Int) {
        self.kind = kind
        self.reason = reason
        self.retryAfterSeconds = retryAfterSeconds
    }
}
