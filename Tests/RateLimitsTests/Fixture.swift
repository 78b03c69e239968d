// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

let second: Int64 = 1_000_000_000

func key(_ kind: LimitKind, _ name: String) -> LimitKey {
    LimitKey(kind, tenant: "acme", name: name)
}

func subject(_ kind: LimitKind, _ name: String, _ policy: LimitPolicy, version: UInt64 = 0) -> LimitSubject {
    LimitSubject(key(kind, name), policy, version: version)
}

/// So many a minute.
func perMinute(_ permits: Int, burst: Int) -> RateWindow {
    RateWindow(permits: permits, period: .seconds(60), burst: burst)
}

func perDay(_ permits: Int, burst: Int) -> RateWindow {
    RateWindow(permits: permits, period: .seconds(86_400), burst: burst)
}

extension Limiter {
    /// Admits and ends a call at once.
    func call(_ subjects: LimitSubjects, now: Int64) -> LimitDecision {
        let decision = admit(LimitRequest(subjects), now: now)
        if decision.isAdmitted { release(subjects, taken: decision.taken) }
        return decision
    }
}

struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
