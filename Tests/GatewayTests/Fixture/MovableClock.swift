// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import Synchronization

@testable import Gateway

/// The real clocks, put forward by a test.
final class MovableClock: TimeSource {
    private let real = SystemTime()
    private let ahead = Atomic<Int64>(0)

    var now: NIODeadline { real.now + .seconds(ahead.load(ordering: .relaxed)) }
    var unixSeconds: Int64 { real.unixSeconds + ahead.load(ordering: .relaxed) }

    func advance(seconds: Int64) {
        ahead.add(seconds, ordering: .relaxed)
    }
}
