// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How the policies that a call counts on stand at one moment.
package struct LimitStanding: Sendable, Equatable {
    /// One for each window of each enforced policy and one for its calls in flight, the most constrained first.
    package let states: [LimitState]

    package init() {
        states = []
    }

    /// Of equally constrained ones, what takes longest comes first: before that, the others do not help. Else they keep
    /// their order.
    package init(_ states: [LimitState]) {
        let ranked = states.enumerated().sorted {
            ($0.element.share, -($0.element.nextSeconds ?? 0), $0.offset)
                < ($1.element.share, -($1.element.nextSeconds ?? 0), $1.offset)
        }
        self.states = ranked.map(\.element)
    }
}
