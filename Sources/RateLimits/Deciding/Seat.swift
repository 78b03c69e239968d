// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One key of a call while the call is decided. Good under the limiter's lock, until a slot is forgotten.
struct Seat {
    let slot: UnsafeMutablePointer<Slot>
    let policy: UnsafePointer<CompiledPolicy>

    /// Notes what the call does not fit into, and the nanoseconds until the rates have room.
    @inline(__always)
    func check(_ kind: LimitKind, _ now: Int64, _ decision: inout LimitDecision) {
        let over = slot.pointee.ahead(now) &- policy.pointee.tolerances
        if over.max() > 0 { refuseRates(kind, over, &decision) }
        if slot.pointee.inFlight >= policy.pointee.concurrency {
            refuse(LimitViolation(kind, .concurrency), wait: 0, &decision)
        }
    }

    private func refuseRates(_ kind: LimitKind, _ over: SIMD4<Int64>, _ decision: inout LimitDecision) {
        for lane in policy.pointee.lanes where over[lane] > 0 {
            refuse(LimitViolation(kind, .rate(window: lane)), wait: over[lane], &decision)
        }
    }

    func refuse(_ violation: LimitViolation, wait: Int64, _ decision: inout LimitDecision) {
        if policy.pointee.isShadow {
            decision.shadowed.insert(violation)
        } else {
            decision.violations.insert(violation)
            decision.wait = max(decision.wait, wait)
        }
    }

    @inline(__always)
    func take(_ now: Int64) {
        slot.pointee.take(policy.pointee.intervals, now: now)
        slot.pointee.inFlight += 1
    }
}
