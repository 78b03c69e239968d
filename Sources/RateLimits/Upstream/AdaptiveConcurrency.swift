// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How many calls may be under way to the upstream: one more after each full round of good answers, three tenths fewer when
/// it is overloaded (additive increase, multiplicative decrease).
///
/// At the maximum it limits nothing: there the connections are the limit, and calls wait for one.
package struct AdaptiveConcurrency: Sendable, Equatable {
    /// Nanoseconds between two decreases: the calls of one bad moment count once.
    package static let decreaseInterval = LimitTime.second

    /// It never goes below this, or the maximum if that is less.
    package static let usualMinimum = 16

    package let minimum: Int
    package let maximum: Int
    package private(set) var limit: Int
    package private(set) var inFlight = 0
    private var goodAnswers = 0
    private var lastDecrease = Int64.min / 2

    package init(maximum: Int) {
        self.maximum = max(1, maximum)
        minimum = min(Self.usualMinimum, self.maximum)
        limit = self.maximum
    }

    package var isLimiting: Bool { limit < maximum }

    package var hasRoom: Bool { !isLimiting || inFlight < limit }

    /// Counts a call that goes.
    package mutating func begin() {
        inFlight += 1
    }

    package enum Ending: Sendable {
        case good
        case overloaded
        /// Says nothing of the upstream.
        case other
    }

    package mutating func ended(_ ending: Ending, now: Int64) {
        let wasBusy = inFlight * 2 >= limit
        inFlight -= 1
        switch ending {
        case .good where wasBusy && isLimiting:
            goodAnswers += 1
            guard goodAnswers >= limit else { return }
            goodAnswers = 0
            limit += 1
        case .overloaded where now - lastDecrease >= Self.decreaseInterval:
            lastDecrease = now
            goodAnswers = 0
            limit = max(minimum, limit * 7 / 10)
        case .good, .overloaded, .other: break
        }
    }
}
