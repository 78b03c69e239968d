// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Dispatch
import NIOCore
import Synchronization

/// A thread for what must not be done on an event loop: the store's blocking calls.
///
/// One at a time and in order, as the store itself works; bounded, so that a disk that hangs turns into refusals and not
/// into memory.
package final class CustodyWorker: Sendable {
    /// Operations waiting for the store. Those that end what was begun are let in beyond it.
    static let maximumWaiting = 256

    private let queue = DispatchQueue(label: "custody")
    private let waiting = Mutex(0)

    package init() {}

    /// Runs `work` off the loop and `then` with its result on `eventLoop`. False when too many wait; then neither runs.
    func begin<R: Sendable>(
        on eventLoop: any EventLoop, _ work: @escaping @Sendable () -> R, then: @escaping @Sendable (R) -> Void
    ) -> Bool {
        let isAccepted = waiting.withLock { waiting in
            guard waiting < Self.maximumWaiting else { return false }
            waiting += 1
            return true
        }
        if isAccepted { submit(on: eventLoop, work, then: then) }
        return isAccepted
    }

    /// The same for what must be written down whatever waits: the end of something that is bounded where it begins.
    func end<R: Sendable>(
        on eventLoop: any EventLoop, _ work: @escaping @Sendable () -> R, then: @escaping @Sendable (R) -> Void
    ) {
        waiting.withLock { $0 += 1 }
        submit(on: eventLoop, work, then: then)
    }

    /// Runs `work` with nobody waiting for it; left out when too many wait already, and then false.
    @discardableResult
    func note(_ work: @escaping @Sendable () -> Void) -> Bool {
        let isAccepted = waiting.withLock { waiting in
            guard waiting < Self.maximumWaiting else { return false }
            waiting += 1
            return true
        }
        guard isAccepted else { return false }
        queue.async { [self] in
            work()
            waiting.withLock { $0 -= 1 }
        }
        return true
    }

    /// For what is not on the path of calls.
    func run<R: Sendable>(_ work: @escaping @Sendable () -> R) async throws(GatewayError) -> R {
        let result: R? = await withCheckedContinuation { continuation in
            let isAccepted = note { continuation.resume(returning: work()) }
            if !isAccepted { continuation.resume(returning: nil) }
        }
        guard let result else { throw .overloaded }
        return result
    }

    /// Returns when all that was begun before has been done and handed back.
    func finish() async {
        await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
    }

    private func submit<R: Sendable>(
        on eventLoop: any EventLoop, _ work: @escaping @Sendable () -> R, then: @escaping @Sendable (R) -> Void
    ) {
        queue.async { [self] in
            let result = work()
            waiting.withLock { $0 -= 1 }
            eventLoop.execute { then(result) }
        }
    }
}
