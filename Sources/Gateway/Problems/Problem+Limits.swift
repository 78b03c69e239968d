// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

extension Problem {
    /// Calls that have to come another time.
    static func limits(_ error: GatewayError) -> Problem {
        switch error {
        case .quotaExceeded(let refusal): quota(refusal)
        case .upstreamHeld(let hold, let seconds): held(hold, seconds)
        case .limitsUnavailable:
            retry(
                1,
                Problem(
                    503, "limits-unavailable", "Limits cannot be checked",
                    "The store that counts calls does not answer. Nothing was sent."))
        default: Problem(.internalFailure)
        }
    }

    /// 429: the caller has asked for more than its limits allow (draft-ietf-httpapi-ratelimit-headers, `quota-exceeded`).
    private static func quota(_ refusal: LimitRefusal) -> Problem {
        var problem = Problem(
            429, "quota-exceeded", "Limit reached",
            (refusal.violations.map(sentence) + [closing(refusal), "Nothing was sent."]).joined(separator: " "))
        problem.violatedPolicies = refusal.policies
        return retry(refusal.retryAfterSeconds, problem)
    }

    private static func sentence(_ violation: LimitViolation) -> String {
        switch violation.reason {
        case .rate: "The rate allowed for this \(violation.kind.rawValue) is used up."
        case .concurrency: "The number of calls in flight allowed for this \(violation.kind.rawValue) is used up."
        case .fairShare:
            "The rate allowed for this consumer is short, and this home user (of batch calls: all of them together) has "
                + "had its share of it already."
        case .fairConcurrency:
            "The number of calls in flight allowed for this consumer is nearly used up, and this home user has its share "
                + "of them already, or yields with a batch call."
        }
    }

    /// What the time in Retry-After is worth.
    private static func closing(_ refusal: LimitRefusal) -> String {
        let reasons = refusal.violations.map(\.reason)
        if reasons.contains(.fairShare) {
            return "The time in Retry-After may become longer or shorter with what other home users ask for."
        }
        if reasons.contains(.concurrency) || reasons.contains(.fairConcurrency) {
            return "There is room again when one of them ends, which may be before the time in Retry-After or after it."
        }
        return "Calls before the time in Retry-After are refused too."
    }

    private static func held(_ hold: UpstreamHold, _ seconds: Int) -> Problem {
        switch hold {
        case .paused:
            retry(
                seconds,
                Problem(
                    503, "upstream-paused", "WegoWise asked for a pause",
                    "It has told this consumer to wait, and an earlier call would only make that longer. Nothing was sent."
                ))
        case .opening:
            retry(
                seconds,
                Problem(
                    503, "upstream-reopening", "Calls begin again after a pause",
                    "WegoWise had told this consumer to wait; for a moment only a few calls go at one time. Nothing was sent."
                ))
        case .circuitOpen:
            retry(
                seconds,
                Problem(
                    503, "upstream-circuit-open", "WegoWise could not be reached lately",
                    "Half of the last calls did not get through. One call at a time finds out whether that is over. Nothing "
                        + "was sent."))
        case .busy:
            retry(
                seconds,
                Problem(
                    503, "upstream-busy", "WegoWise is overloaded",
                    "As many calls are under way as it seems to bear. Nothing was sent."))
        }
    }

    private static func retry(_ seconds: Int, _ problem: Problem) -> Problem {
        var problem = problem
        problem.retryAfter = seconds
        return problem
    }
}
