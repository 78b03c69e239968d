// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Dispatch
import Foundation

extension Journal {
    /// Writes the `stop` record, syncs, signs, and lets go of the directories. Blocks for at most `limit`.
    ///
    /// - Returns: whether everything is durable. If not, the next start recovers as from a crash.
    @discardableResult
    package func stop(reason: String, within limit: Duration = .seconds(5)) -> Bool {
        let deadline = DispatchTime.now() + .nanoseconds(Int(limit.nanoseconds))
        let done = DispatchSemaphore(value: 0)
        recordDenials { $0.drain(at: clock()) }
        append([JournalRecord(time: clock(), content: .stop(reason: reason))], until: .durable) { _ in done.signal() }
        _ = done.wait(timeout: deadline)
        change { desk, _ in
            desk.state.isStopped = true
            return SettledWaiters()
        }
        return end(by: deadline) && desk.withLock { $0.state.isDrained && $0.state.health == .available }
    }

    /// Ends the threads without writing anything, as a kill would; for tests of what comes after.
    package func abandon() {
        change { desk, _ in
            desk.isAbandoned = true
            return SettledWaiters()
        }
        _ = end(by: .now() + .seconds(5))
    }

    /// A place for copies that does not answer keeps nothing from ending.
    private func stopCopies(by deadline: DispatchTime) {
        guard let copies else { return }
        let isAbandoned = desk.withLock { $0.isAbandoned }
        guard !copies.stop(writingRest: !isAbandoned, by: deadline), !isAbandoned else { return }
        change { desk, _ in
            desk.state.couldNotSign(path: copies.path, reason: "the last checkpoints could not be copied in time")
            return SettledWaiters()
        }
    }

    private func end(by deadline: DispatchTime) -> Bool {
        watchSignal.signal()
        let haveEnded = threads.wait(timeout: deadline) == .success
        stopCopies(by: deadline)
        change { desk, _ in
            var settled = SettledWaiters()
            desk.state.isStopped = true
            desk.state.refuseAll(.stopped, into: &settled)
            if haveEnded {
                if desk.state.health == .available, let current = desk.state.current {
                    desk.file?.giveBackReserve(after: current.writtenBytes)
                }
                desk.file = nil
            }
            return settled
        }
        // A thread that hangs in the disk may still write; its lock goes with the process.
        if haveEnded { for directory in directories { directory.release() } }
        return haveEnded
    }
}
