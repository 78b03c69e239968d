// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Synchronization

/// What became of calls that wanted to wait for their turn.
final class TurnCounts: Sendable {
    enum End: String, Sendable, CaseIterable {
        case went
        case expired
        case gaveUp = "gave-up"

        /// Made way for somebody of whom fewer calls waited.
        case displaced
    }

    struct Values: Sendable {
        var waited: [End: Histogram] = [:]

        /// Refused at once, because as many waited as may.
        var noRoom: UInt64 = 0
    }

    private let state = Mutex(Values())

    var values: Values { state.withLock { $0 } }

    func waited(_ end: End, _ nanoseconds: Int64) {
        state.withLock { $0.waited[end, default: Histogram()].add(nanoseconds: nanoseconds) }
    }

    func countNoRoom() {
        state.withLock { $0.noRoom += 1 }
    }
}
