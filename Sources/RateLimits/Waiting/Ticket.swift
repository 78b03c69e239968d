// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A call that waits for its turn.
package struct Ticket: Sendable, Equatable {
    package let identifier: UInt64

    /// Whose turn it is, among those of one consumer.
    package let homeUser: LimitKey
    package let consumer: LimitKey
    package let priority: CallPriority

    /// Nanoseconds on the limiter's clock; then it is told that its turn did not come.
    package let deadline: Int64
    package let arrived: Int64

    package init(
        identifier: UInt64, homeUser: LimitKey, consumer: LimitKey, priority: CallPriority = .interactive,
        arrived: Int64, deadline: Int64
    ) {
        self.identifier = identifier
        self.homeUser = homeUser
        self.consumer = consumer
        self.priority = priority
        self.arrived = arrived
        self.deadline = deadline
    }
}

/// Whether a ticket's call may go, as the limiter sees it.
package enum Turn: Sendable, Equatable {
    case goes

    /// Only this home user's calls are held up. Nil: until a call ends.
    case userMustWait(until: Int64?)

    /// The same until a call of this home user ends: other calls' ends do not help.
    case userMustEndOne

    /// All calls of the consumer are held up. Nil: until a call ends.
    case consumerMustWait(until: Int64?)

    /// Every call is held up. Nil: until a call ends.
    case allMustWait(until: Int64?)
}

extension Turn {
    /// When the next look is worth while. Nil: at once, or when a call ends.
    package var until: Int64? {
        switch self {
        case .goes, .userMustEndOne: nil
        case .userMustWait(let until), .consumerMustWait(let until), .allMustWait(let until): until
        }
    }

    /// What the limiter's decision means for the one who waits.
    package init(_ decision: LimitDecision, now: Int64) {
        let until = decision.violations.needRelease || decision.wait == 0 ? nil : now.adding(decision.wait)
        if decision.isAdmitted {
            self = .goes
        } else if decision.violations.isAboutConsumerAlone {
            self = .consumerMustWait(until: until)
        } else if decision.violations.needReleaseOfHomeUserAlone {
            self = .userMustEndOne
        } else {
            self = .userMustWait(until: until)
        }
    }
}
