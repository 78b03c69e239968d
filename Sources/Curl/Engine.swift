// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import CCurl
import Foundation
import NIOCore

/// An HTTP client for one upstream: libcurl's multi interface on a thread of its own.
///
/// It never follows a redirect, never repeats a request of which a byte was sent, takes nothing from the environment
/// and uses a pooled connection only when nothing unexpected arrived on it. See docs/engine.md.
package final class Engine: Sendable {
    private let handle: LoopHandle
    private let mailbox = Mailbox()
    private let ended = DispatchSemaphore(value: 0)

    package static let libraryVersion = String(cString: ccurl_version())

    private static let isLibrarySuitable = ccurl_global_init()

    package init(_ settings: EngineSettings) throws(EngineError) {
        guard Self.isLibrarySuitable else { throw .unsuitableLibrary(version: Self.libraryVersion) }
        if let path = settings.caFile, !FileManager.default.isReadableFile(atPath: path) {
            throw .unreadableCAFile(path: path)
        }
        guard let handle = LoopHandle(settings) else { throw .outOfMemory }
        self.handle = handle
        let thread = Thread { [self] in
            EngineLoop(handle: handle, settings: settings).run(mailbox)
            ended.signal()
        }
        thread.name = "upstream"
        thread.start()
    }

    /// Any thread. The receiver hears back exactly once, on its event loop.
    package func submit(_ request: TransferRequest, to receiver: any TransferReceiver) {
        switch mailbox.post(Mailbox.Submission(request: request, receiver: receiver)) {
        case .accepted: break
        case .wakeUp: handle.wake()
        case .closed:
            receiver.eventLoop.execute {
                receiver.transferEnded(.failure(TransferFailure(.shuttingDown, .notSent)))
            }
        }
    }

    /// Tells the send gate up to which sequence the journal is durable. Any thread.
    package func journalIsDurable(upTo sequence: UInt64) {
        handle.setDurable(sequence)
    }

    package var statistics: EngineStatistics { handle.statistics }

    /// Ends transfers still running as failures, closes the pool and waits for the thread. Blocks; not on an event
    /// loop. False when the thread did not end within `timeout`. May be called again.
    @discardableResult
    package func shutDown(within timeout: Duration = .seconds(10)) -> Bool {
        mailbox.close()
        handle.wake()
        guard ended.wait(timeout: .now() + .milliseconds(Int(timeout / .milliseconds(1)))) == .success else {
            return false
        }
        ended.signal()  // for the next caller
        return true
    }
}
