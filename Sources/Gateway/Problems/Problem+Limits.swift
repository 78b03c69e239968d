// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

extension Problem {
    /// 429: the caller has asked for more than its limits allow (draft-ietf-httpapi-ratelimit-headers, `quota-exceeded`).
    static func quota(_ refusal: LimitRefusal) -> Problem {
        var problem = Problem(
            429, "quota-exceeded", "Limit reached",
            refusal.violations.map(sentence).joined(separator: " ")
                + " Calls before the time in Retry-After are refused too. Nothing was sent.")
        problem.violatedPolicies = refusal.policies
        problem.retryAfter = refusal.retryAfterSeconds
        return problem
    }

    private static func sentence(_ violation: LimitViolation) -> String {
        switch violation.reason {
        case .rate: "The rate allowed for this \(violation.kind.rawValue) is used up."
        case .concurrency: "The number of calls in flight allowed for this \(violation.kind.rawValue) is used up."
        case .fairShare:
            "The rate allowed for this consumer is short, and this home user has had its share of it already."
        }
    }
}
