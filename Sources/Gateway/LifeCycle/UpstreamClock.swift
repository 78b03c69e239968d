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

    /// Takes in the `Date` of an answer that has just come. An answer without one teaches nothing, nor does a 401: see
    /// `correction`.
    func learn(from response: TransferResponse, _ clock: any TimeSource) {
        let monotonic = clock.now.seconds
        guard response.status != 401, lastLearnt.exchange(monotonic, ordering: .relaxed) != monotonic,
            let date = response.head.first("date").flatMap(HTTPDate.seconds)
        else { return }
        offset.withLock { $0.learn(upstream: date, monotonic: monotonic) }
    }

    /// After a refusal: what to sign the call with instead. Nil when the refusal is not about the timestamp, or when the
    /// answer's `Date` is off from the refused one by no more than whole seconds and travel explain.
    ///
    /// Everybody's clock follows at once only where the upstream says that it was the timestamp. One that says nothing may
    /// have meant something else; there `confirm` is for what the corrected call comes to.
    func correction(
        of refused: Int64, by response: TransferResponse, _ problem: OAuthProblem, _ clock: any TimeSource
    ) -> Int64? {
        guard problem.mayBeAboutTime, let date = response.head.first("date").flatMap(HTTPDate.seconds)
        else { return nil }
        let (wall, monotonic) = (clock.unixSeconds, clock.now.seconds)
        var told = ClockOffset()
        told.learn(upstream: date, monotonic: monotonic)
        let corrected = told.timestamp(wall: wall, monotonic: monotonic)
        guard abs(corrected - refused) > Self.explained else { return nil }
        if problem == .timestampRefused { offset.withLock { $0 = told } }
        return corrected
    }

    /// After the answer to a call that was signed with a correction: if it was accepted, the clock was to blame.
    func confirm(by response: TransferResponse, _ clock: any TimeSource) {
        guard response.isSuccess, let date = response.head.first("date").flatMap(HTTPDate.seconds) else { return }
        let monotonic = clock.now.seconds
        offset.withLock { $0.jump(upstream: date, monotonic: monotonic) }
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
