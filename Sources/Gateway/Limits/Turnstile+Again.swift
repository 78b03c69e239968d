// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

/// What passes in more than one step.
extension Turnstile {
    /// For a request that makes several calls, each of which takes its own turn at the upstream: counts it on limits alone.
    func enterLimits(_ subjects: LimitSubjects) throws(GatewayError) -> Passage {
        let now = now
        let answer = inTurn(LimitRequest(subjects), now) { request, notes in
            let answer = desk.answerNow(request, now: now)
            if case .decided(let decision, _)? = answer, !decision.shadowed.isEmpty {
                notes.append((decision.shadowed, subjects))
            }
            return answer
        }
        guard case .decided(let decision, let counter)? = answer else { throw .limitsUnavailable }
        guard decision.isAdmitted else { throw refusal(.limits(decision, at: now), subjects, now) }
        return Passage(subjects: subjects, kinds: decision.taken, counter: counter, pass: nil)
    }

    /// An attempt of a call has ended as `ending` says, which is the upstream's protection told of, and the call would be sent
    /// once more. That is a call like any other for the upstream and for the consumer's limits, and takes from the budget of
    /// second attempts; but it does not queue. The passage in the answer is the one to leave with.
    func again(_ passage: Passage, after ending: UpstreamEnding) -> (passage: Passage, goes: Bool) {
        let now = now
        var passage = passage
        // What the first attempt has given back or opened is there for those who wait, whatever comes of the second.
        defer { roomWasMade(of: passage.subjects) }
        guard let first = passage.pass else { return (passage, false) }
        passage.pass = upstream.admitAgain(
            after: first, ending, now: now, chance: UInt64.random(in: .min ... .max))
        guard let second = passage.pass else { return (passage, false) }
        guard countAgain(&passage, now) else {
            upstream.giveBack(second, now: now)
            passage.pass = nil
            return (passage, false)
        }
        return (passage, true)
    }

    /// On the consumer alone, in whose place in flight the first attempt was; the other limits are about what callers ask for.
    private func countAgain(_ passage: inout Passage, _ now: Int64) -> Bool {
        guard let consumer = passage.subjects.consumer, passage.counter != .nobody else { return true }
        // A shared store would have to be waited for.
        guard passage.counter == .own else { return false }
        let (subjects, kind) = (LimitSubjects(consumer: consumer), LimitKinds(.consumer))
        if !passage.kinds.isDisjoint(with: kind) {
            desk.release(subjects, taken: kind, from: .own)
            passage.kinds.subtract(kind)
        }
        let decision = desk.own.admit(LimitRequest(subjects), now: now)
        if !decision.shadowed.isEmpty { shadows.note(decision.shadowed, subjects, now) }
        passage.kinds.formUnion(decision.taken)
        return decision.isAdmitted
    }
}
