// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Synchronization

/// Where requests wait for the engine's thread: one lock a batch on either side, one wake-up for a sleeping thread.
final class Mailbox: Sendable {
    struct Submission: Sendable {
        var request: TransferRequest
        let receiver: any TransferReceiver
    }

    private struct Contents {
        var submissions: [Submission] = []
        var isParked = false
        var isClosed = false
    }

    private let contents = Mutex(Contents())

    enum Posted {
        case accepted
        /// The thread sleeps, or is about to: the caller must wake it.
        case wakeUp
        case closed
    }

    func post(_ submission: Submission) -> Posted {
        contents.withLock { contents in
            if contents.isClosed { return .closed }
            contents.submissions.append(submission)
            defer { contents.isParked = false }
            return contents.isParked ? .wakeUp : .accepted
        }
    }

    /// No more submissions; those already here are still taken.
    func close() {
        contents.withLock { $0.isClosed = true }
    }

    /// Moves everything that waits into `buffer`, which comes empty and with the memory of an earlier round. False once
    /// the mailbox is closed: what is in `buffer` then is the last.
    func take(into buffer: inout [Submission]) -> Bool {
        contents.withLock { contents in
            contents.isParked = false
            swap(&contents.submissions, &buffer)
            return !contents.isClosed
        }
    }

    /// True when nothing waits; from then on `post` asks for a wake-up.
    func park() -> Bool {
        contents.withLock { contents in
            contents.isParked = contents.submissions.isEmpty && !contents.isClosed
            return contents.isParked
        }
    }
}
