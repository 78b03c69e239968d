// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The pause of one consumer that the upstream has asked for, and the gentle opening after it.
///
/// When the pause is over one call goes; each good answer makes room for one more than before, so the number in flight doubles
/// with each round. After a while, or when there is room for many, nothing is left of it.
package struct CoolDown: Sendable, Equatable {
    /// Nanoseconds. A longer wait is cut to this: nobody may stop the gateway for a day with one answer.
    package static let longestPause: Int64 = 300 * LimitTime.second

    /// For an answer that asks for less, or whose date is past.
    package static let shortestPause: Int64 = LimitTime.second

    /// From the end of the pause to the end of the opening, whatever the answers.
    package static let openingTime: Int64 = 30 * LimitTime.second

    /// Places in flight at which the opening is complete.
    package static let fullyOpen = 64

    package private(set) var pausedUntil: Int64
    package private(set) var places = 1
    package private(set) var inFlight = 0

    /// - Parameter wait: what the upstream asked for.
    package init(wait: Int64, now: Int64) {
        pausedUntil = now.adding(Self.pause(wait))
    }

    private static func pause(_ wait: Int64) -> Int64 {
        min(max(wait, shortestPause), longestPause)
    }

    /// The upstream asked again. Never shortens a pause.
    package mutating func extend(wait: Int64, now: Int64) {
        pausedUntil = max(pausedUntil, now.adding(Self.pause(wait)))
        places = 1
    }

    package enum Admission: Sendable, Equatable {
        case goes
        case paused(until: Int64)

        /// Until one of the calls that opened the way ends.
        case opening
    }

    /// Counts a call that goes.
    package mutating func admit(_ now: Int64) -> Admission {
        if now < pausedUntil { return .paused(until: pausedUntil) }
        guard inFlight < places else { return .opening }
        inFlight += 1
        return .goes
    }

    /// A call that was admitted here has ended.
    package mutating func ended(isGood: Bool) {
        // A call may outlive the pause it was counted in.
        inFlight = max(0, inFlight - 1)
        if isGood { places += 1 }
    }

    /// Whether nothing is left of the pause.
    package func isOver(_ now: Int64) -> Bool {
        now >= pausedUntil && (places >= Self.fullyOpen || now - pausedUntil >= Self.openingTime)
    }
}
