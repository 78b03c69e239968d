// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import RateLimits

extension Services {
    /// Of the clock that limits are counted by, in nanoseconds.
    var limitTime: Int64 { Int64(clock.now.uptimeNanoseconds) }

    func standing(of subjects: LimitSubjects, ending: LimitKinds = []) -> LimitStanding {
        limits.own.standing(of: subjects, ending: ending, now: limitTime)
    }
}
