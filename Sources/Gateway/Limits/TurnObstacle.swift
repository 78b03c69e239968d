// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits

/// What keeps a call from going.
enum TurnObstacle: Sendable {
    /// As decided at that time.
    case limits(LimitDecision, at: Int64)

    /// Nil: until a call under way ends.
    case upstream(UpstreamHold, until: Int64?)

    /// Calls are counted elsewhere, and there is no answer from there.
    case limitsUnavailable
}

extension TurnObstacle {
    func error(standing: () -> LimitStanding, now: Int64) -> GatewayError {
        switch self {
        case .limits(let decision, let time):
            .quotaExceeded(LimitRefusal(decision, age: max(0, now - time), standing: standing()))
        case .upstream(let hold, let until):
            .upstreamHeld(hold, retryAfterSeconds: max(1, LimitTime.secondsRoundedUp(max(0, (until ?? now) - now))))
        case .limitsUnavailable: .limitsUnavailable
        }
    }

    /// What it means for the calls that wait.
    func turn(now: Int64) -> Turn {
        switch self {
        // Also asked for when no attempt was made at this moment.
        case .limits(let decision, let time): Turn(decision, now: time)
        case .upstream(.paused, let until), .upstream(.opening, let until): .consumerMustWait(until: until)
        case .upstream(.circuitOpen, let until), .upstream(.busy, let until): .allMustWait(until: until)
        case .limitsUnavailable: .allMustWait(until: now + LimitTime.second)
        }
    }
}
