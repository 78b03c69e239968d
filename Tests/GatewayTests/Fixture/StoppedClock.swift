// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import Synchronization

@testable import Gateway

/// Both clocks stand still.
struct StoppedClock: TimeSource {
    let now = NIODeadline.uptimeNanoseconds(5_000_000_000)
    let unixSeconds: Int64
}

/// Moved by hand, and far ahead of the clock of event loops: no timer that is set by it fires.
final class MovedClock: TimeSource {
    private let time = Atomic<UInt64>(NIODeadline.now().uptimeNanoseconds + 3_600_000_000_000)
    let unixSeconds: Int64 = 1_800_000_000

    var now: NIODeadline { .uptimeNanoseconds(time.load(ordering: .relaxed)) }

    func advance(seconds: UInt64) { time.add(seconds * 1_000_000_000, ordering: .relaxed) }
}
