// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension Limiter.State {
    /// Written out for the four kinds: a loop over them costs more than all the arithmetic.
    mutating func decide(_ request: LimitRequest, isFair: Bool, _ now: Int64) -> LimitDecision {
        let homeUser = seat(request.subjects.homeUser, now)
        let caller = seat(request.subjects.caller, now)
        let tenant = seat(request.subjects.tenant, now)
        let consumer = seat(request.subjects.consumer, now)
        var decision = LimitDecision()
        homeUser?.check(.homeUser, now, &decision)
        caller?.check(.caller, now, &decision)
        tenant?.check(.tenant, now, &decision)
        consumer?.check(.consumer, now, &decision)
        let turn = isFair ? FairTurn(request, homeUser, consumer, now) : nil
        turn?.check(now, &decision)
        if decision.isAdmitted {
            take(.homeUser, homeUser, now, &decision)
            take(.caller, caller, now, &decision)
            take(.tenant, tenant, now, &decision)
            take(.consumer, consumer, now, &decision)
            turn?.take(decision, now)
        } else {
            countRefusal(decision)
        }
        table.sweepForNew(now)
        return decision
    }

    @inline(__always)
    private mutating func seat(_ subject: LimitSubject?, _ now: Int64) -> Seat? {
        // Does not hold on to the subject: that costs more than the decision.
        guard let place = subject?.slot else { return nil }
        if let slot = table.slot(at: place) { return table.seat(slot) }
        return newSeat(subject, now)
    }

    @inline(never)
    private mutating func newSeat(_ subject: LimitSubject?, _ now: Int64) -> Seat? {
        subject.map { subject in table.seat(table.slot(of: subject, now)) }
    }

    /// A policy in shadow mode that had no room is left alone, as if the call had been refused: so it counts what it would
    /// have refused and no more.
    @inline(__always)
    private mutating func take(_ kind: LimitKind, _ seat: Seat?, _ now: Int64, _ decision: inout LimitDecision) {
        guard let seat else { return }
        guard !decision.shadowed.contains(kind) else {
            counts.change(kind) { $0.shadowed += 1 }
            return
        }
        seat.take(now)
        decision.taken.insert(LimitKinds(kind))
        counts.change(kind) { $0.admitted += 1 }
        if seat.policy.pointee.isKept { keptChanges += 1 }
    }

    /// Written out, too.
    func release(_ subjects: LimitSubjects, _ taken: LimitKinds) {
        release(.homeUser, subjects.homeUser, taken)
        release(.caller, subjects.caller, taken)
        release(.tenant, subjects.tenant, taken)
        release(.consumer, subjects.consumer, taken)
    }

    @inline(__always)
    private func release(_ kind: LimitKind, _ subject: LimitSubject?, _ taken: LimitKinds) {
        guard taken.contains(kind), let place = subject?.slot else { return }
        if let slot = table.slot(at: place) { slot.pointee.inFlight -= 1 } else { releaseMoved(subject) }
    }

    /// A subject that has never called itself, but another of its key has.
    @inline(never)
    private func releaseMoved(_ subject: LimitSubject?) {
        guard let subject, let slot = table.existingSlot(of: subject) else { return }
        table[slot].inFlight -= 1
    }

    private mutating func countRefusal(_ decision: LimitDecision) {
        for kind in LimitKind.allCases {
            if decision.violations.contains(kind) { counts[kind].refused += 1 }
            if decision.shadowed.contains(kind) { counts[kind].shadowed += 1 }
        }
    }
}
