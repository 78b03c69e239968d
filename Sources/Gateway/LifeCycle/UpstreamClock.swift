// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import NIOCore
import Synchronization

/// What time it is for WegoWise. From any thread.
package final class UpstreamClock: Sendable {
    private let offset = Mutex(ClockOffset())

    /// In monotonic seconds. One answer a second is enough to learn from.
    private let lastLearnt = Atomic<Int64>(.min)

    package init() {}

    /// Seconds since 1970, for `oauth_timestamp`.
    func timestamp(_ clock: any TimeSource) -> Int64 {
        let (wall, monotonic) = (clock.unixSeconds, clock.now.seconds)
        return offset.withLock { $0.timestamp(wall: wall, monotonic: monotonic) }
    }

    /// Takes in the `Date` of an answer that has just come. An answer without one teaches nothing.
    func learn(from response: TransferResponse, _ clock: any TimeSource) {
        let monotonic = clock.now.seconds
        guard lastLearnt.exchange(monotonic, ordering: .relaxed) != monotonic,
            let date = response.head.first("date").flatMap(HTTPDate.seconds)
        else { return }
        offset.withLock { $0.learn(upstream: date, monotonic: monotonic) }
    }

    /// After a refusal that may be about the timestamp. Whether signing anew would give another timestamp, off from the
    /// refused one by more than whole seconds and travel explain.
    func corrects(_ refused: Int64, by response: TransferResponse, _ clock: any TimeSource) -> Bool {
        guard let date = response.head.first("date").flatMap(HTTPDate.seconds) else { return false }
        let (wall, monotonic) = (clock.unixSeconds, clock.now.seconds)
        return offset.withLock { offset in
            offset.jump(upstream: date, monotonic: monotonic)
            return abs(offset.timestamp(wall: wall, monotonic: monotonic) - refused) > Self.explained
        }
    }

    /// Seconds between a refused timestamp and the upstream's `Date` that an honest clock may show.
    private static let explained: Int64 = 30

    /// Seconds the upstream is ahead of this machine; for the metric.
    package func difference(_ clock: any TimeSource) -> Int64 {
        let (wall, monotonic) = (clock.unixSeconds, clock.now.seconds)
        return offset.withLock { $0.difference(wall: wall, monotonic: monotonic) }
    }
}

extension NIODeadline {
    fileprivate var seconds: Int64 { Int64(uptimeNanoseconds / 1_000_000_000) }
}
