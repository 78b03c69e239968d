// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Where limits are counted, for the day when several gateways share them. The limiter of this process is the other way.
///
/// Not with it yet: calls do not wait for their turn, and connecting a home user is refused.
///
/// From any thread. The completion comes on any thread, possibly at once, and exactly once.
package protocol LimitStore: Sendable {
    typealias Completion = @Sendable (Result<LimitDecision, LimitStoreError>) -> Void

    /// `Limiter.admit`. A store that cannot answer says so within its own time-out.
    func admit(_ request: LimitRequest, now: Int64, then completion: @escaping Completion)

    /// `Limiter.release`. Nobody waits.
    func release(_ subjects: LimitSubjects, taken: LimitKinds)
}

package enum LimitStoreError: Error, Sendable, Equatable {
    case unreachable
    case timeout
}

/// What becomes of calls that a shared store has no answer for.
package enum LimitFailureBehaviour: String, Sendable, CaseIterable {
    /// Refused.
    case closed
    /// Let through, counted nowhere.
    case open
    /// Counted by this process alone.
    case local
}
