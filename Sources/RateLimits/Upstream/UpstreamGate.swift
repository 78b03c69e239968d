// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Whether a call may be sent to the upstream now.
package enum UpstreamGate: Sendable, Equatable {
    /// To be handed back with the end of the call.
    case open(UpstreamPass)

    /// Nil: until some call under way ends.
    case closed(UpstreamHold, until: Int64?)
}

/// Why a call may not be sent.
package enum UpstreamHold: String, Sendable, CaseIterable {
    /// The upstream asked this consumer to wait.
    case paused

    /// That pause is over, and calls go a few at a time.
    case opening

    /// The upstream could not be reached lately.
    case circuitOpen = "circuit-open"

    /// As many calls are under way as the upstream seems to bear.
    case busy
}

package struct UpstreamPass: Sendable, Equatable {
    let consumer: UpstreamConsumer?
    var isProbe = false

    /// Counted by the consumer's cool-down.
    var isOpening = false

    /// Of a second attempt: the budget has paid for it.
    var isSecond = false
}

/// How a call ended, for the upstream's protection.
package enum UpstreamEnding: Sendable, Equatable {
    case answered

    /// 429, or 503 with a time. Nanoseconds from now. `isOverload`: it is not about this consumer alone.
    case asksForPause(wait: Int64, isOverload: Bool)

    /// Any other status of 500 and above.
    case serverError

    case timeout

    /// No way there, or no answer.
    case transportFailure

    /// Nothing that the upstream did: it was not sent, or the gateway ended it.
    case unknown
}

extension UpstreamEnding {
    var isFailure: Bool { self == .transportFailure || self == .timeout }

    var forConcurrency: AdaptiveConcurrency.Ending {
        switch self {
        case .answered: .good
        case .serverError, .timeout, .asksForPause(_, isOverload: true): .overloaded
        case .transportFailure, .unknown, .asksForPause: .other
        }
    }
}

package struct UpstreamGuardCounts: Sendable, Equatable {
    /// Calls held, by reason.
    private var holds: [UpstreamHold: UInt64] = [:]

    /// Times the upstream asked for a pause.
    package var pauses: UInt64 = 0
    package var retriesRefused: UInt64 = 0

    package subscript(_ hold: UpstreamHold) -> UInt64 {
        get { holds[hold] ?? 0 }
        set { holds[hold] = newValue }
    }
}

/// One look at everything, for people.
package struct UpstreamGuardStatus: Sendable {
    package struct Pause: Sendable, Equatable {
        package let consumer: LimitKey
        package let coolDown: CoolDown
    }

    package let breaker: CircuitBreaker.Phase
    package let openings: UInt64
    package let concurrency: AdaptiveConcurrency
    package let retriesLeft: Int
    package let pauses: [Pause]
    package let counts: UpstreamGuardCounts
}
