// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Dispatch
import NIOCore
import Synchronization

/// A thread for what must not be done on an event loop: the store's blocking calls.
///
/// One at a time and in order, as the store itself works; bounded, so that a disk that hangs turns into refusals and not
/// into memory.
final class CustodyWorker: Sendable {
    /// Operations waiting for the store.
    static let maximumWaiting = 256

    private let queue = DispatchQueue(label: "custody")
    private let waiting = Mutex(0)

    /// Runs `work` off the loop and `then` with its result on `eventLoop`. False when too many wait; then neither runs.
    func run<R: Sendable>(
        on eventLoop: any EventLoop, _ work: @escaping @Sendable () -> R, then: @escaping @Sendable (R) -> Void
    ) -> Bool {
        let isAccepted = waiting.withLock { waiting in
            guard waiting < Self.maximumWaiting else { return false }
            waiting += 1
            return true
        }
        guard isAccepted else { return false }
        queue.async { [self] in
            let result = work()
            waiting.withLock { $0 -= 1 }
            eventLoop.execute { then(result) }
        }
        return true
    }
}
