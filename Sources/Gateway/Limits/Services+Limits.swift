// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import RateLimits

extension Services {
    /// Of the clock that limits are counted by, in nanoseconds.
    var limitTime: Int64 { Int64(clock.now.uptimeNanoseconds) }

    /// Counts a call on all its subjects, or says why not.
    func takeLimits(_ subjects: LimitSubjects) throws(GatewayError) -> TakenLimits {
        guard case .decided(let decision, let counter)? = limits.answerNow(LimitRequest(subjects), now: limitTime)
        else { throw .internalFailure }
        guard decision.isAdmitted else {
            throw .quotaExceeded(LimitRefusal(decision, standing: standing(of: subjects)))
        }
        return TakenLimits(subjects: subjects, kinds: decision.taken, counter: counter)
    }

    /// The call has ended.
    func release(_ limits: TakenLimits) {
        self.limits.release(limits.subjects, taken: limits.kinds, from: limits.counter)
    }

    func standing(of subjects: LimitSubjects) -> LimitStanding {
        limits.own.standing(of: subjects, now: limitTime)
    }
}
