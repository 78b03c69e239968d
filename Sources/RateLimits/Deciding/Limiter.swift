// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Synchronization

/// Decides whether a call may go now, for everything it counts on at once. Decisions are pure but for the table behind one
/// lock; a decision allocates nothing unless a key is new.
///
/// Times are nanoseconds of a monotonic clock that does not begin below 0.
package final class Limiter: Sendable {
    struct State: ~Copyable {
        var table = SlotTable()
        var counts = LimitCounts()

        /// Grows whenever a window changes that a restart must not reset.
        var keptChanges: UInt64 = 0
    }

    let isFair: Bool
    let state = Mutex(State())

    /// - Parameter fairShare: Whether home users share their consumer's limits evenly.
    package init(fairShare: Bool = true) {
        isFair = fairShare
    }

    /// Checks every limit and, only when all allow the call, counts it on all of them.
    package func admit(_ request: LimitRequest, now: Int64) -> LimitDecision {
        state.withLock { $0.decide(request, isFair: isFair, now) }
    }

    /// A call that was admitted has ended, however it ended.
    package func release(_ subjects: LimitSubjects, taken: LimitKinds) {
        state.withLock { $0.release(subjects, taken) }
    }

    /// How the policies of these subjects stand, without counting a call. Knows no fair share.
    ///
    /// - Parameter ending: on which kinds the call counts for which this is asked, and which is about to end.
    package func standing(of subjects: LimitSubjects, ending: LimitKinds = [], now: Int64) -> LimitStanding {
        var states: [LimitState] = []
        states.reserveCapacity(2 * LimitKind.allCases.count)
        state.withLock { state in
            for kind in LimitKind.allCases {
                guard let subject = subjects[kind] else { continue }
                state.appendStates(of: subject, isEnding: ending.contains(kind), now, to: &states)
            }
        }
        return LimitStanding(states)
    }

    /// Calls in flight of one subject.
    package func inFlight(_ subject: LimitSubject) -> Int {
        state.withLock { state in
            state.table.existingSlot(of: subject).map { Int(state.table[$0].inFlight) } ?? 0
        }
    }

    /// Looks at up to `most` keys and forgets those whose forgetting changes nothing. To be called now and then.
    package func sweep(atMost most: Int, now: Int64) {
        state.withLock { $0.table.sweep(atMost: most, now) }
    }

    /// Keys held in memory.
    package var size: Int { state.withLock { $0.table.count } }

    /// Bytes of the table, without names longer than 15 bytes.
    package var memory: Int { state.withLock { $0.table.size } }

    package var counts: LimitCounts { state.withLock { $0.counts } }
}

extension Limiter.State {
    /// Of enforced policies.
    fileprivate mutating func appendStates(
        of subject: LimitSubject, isEnding: Bool, _ now: Int64, to states: inout [LimitState]
    ) {
        // A policy that was changed since the last call is shown as it will hold for the next one.
        let slot = table.existingSlot(of: subject) == nil ? nil : table.slot(of: subject, now)
        let policy = slot.map { table.policySource(of: $0) } ?? subject.policy
        guard policy.mode == .enforce else { return }
        let ahead = slot.map { table[$0].ahead(now) } ?? SIMD4(repeating: 0)
        for (lane, window) in policy.windows.enumerated() {
            states.append(LimitState(subject.key.kind, index: lane, window, ahead: ahead[lane]))
        }
        if let most = policy.concurrency {
            let inFlight = slot.map { Int(table[$0].inFlight) } ?? 0
            states.append(LimitState(subject.key.kind, inFlight: isEnding ? inFlight - 1 : inFlight, of: most))
        }
    }
}
