// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Dispatch
import Foundation
import Synchronization

/// The second place for checkpoints, on a thread of its own: one that hangs, say on a network, holds up neither the
/// start nor the checkpoints beside the segments, nor any call.
final class CheckpointCopies: Sendable {
    /// Notes that wait for a place that does not answer; beyond, the oldest goes.
    static let maximumWaiting = 64

    let path: String
    private let directory: String
    private let key: CheckpointPublicKey
    private let patience: UInt64
    private let state = Mutex(State())
    private let signal = DispatchSemaphore(value: 0)
    private let opened = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    private struct State {
        var waiting: [Note] = []
        var opening: Result<Checkpoint?, JournalOpenError>?

        /// When the operation under way began, in nanoseconds of a monotonic clock.
        var busySince: UInt64?
        var isStopped = false
        var report: @Sendable (String) -> Void = { _ in }
    }

    private struct Note {
        let text: String
        let size: UInt64
    }

    /// Begins to read what is there.
    /// - Parameter patience: how long the place may take for one answer.
    init(in directory: String, verifyingWith key: CheckpointPublicKey, patience: Duration) {
        self.directory = directory
        self.key = key
        self.patience = patience.nanoseconds
        path = directory + "/" + CheckpointFile.name
        let thread = Thread { [self] in
            run()
            ended.signal()
        }
        thread.name = "journal-copies"
        thread.start()
    }

    /// The last checkpoint in the place; nil when there is none, or the place has not answered within the patience.
    func last() throws(JournalOpenError) -> Checkpoint? {
        _ = opened.wait(timeout: .now() + .nanoseconds(Int(clamping: min(patience, Self.longestWait))))
        return try (state.withLock { $0.opening } ?? .success(nil)).get()
    }

    /// - Parameter report: is told why a note could not be copied, on any thread.
    func report(to report: @escaping @Sendable (String) -> Void) {
        state.withLock { $0.report = report }
    }

    /// Hands over a note without waiting.
    func put(_ text: String, size: UInt64) {
        let now = JournalClock.monotonic
        let (isLate, report) = state.withLock { state in
            if state.waiting.count == Self.maximumWaiting { state.waiting.removeFirst() }
            state.waiting.append(Note(text: text, size: size))
            return (state.busySince.map { now > $0 + patience } ?? false, state.report)
        }
        signal.signal()
        if isLate { report("it has not answered for more than \(patience / 1_000_000) ms") }
    }

    /// Ends the thread once what waits is written, or at once.
    /// - Returns: whether it has ended before `deadline`.
    @discardableResult
    func stop(writingRest: Bool, by deadline: DispatchTime) -> Bool {
        state.withLock { state in
            state.isStopped = true
            if !writingRest { state.waiting = [] }
        }
        signal.signal()
        let patient = DispatchTime.now() + .nanoseconds(Int(clamping: min(patience, Self.longestWait)))
        return ended.wait(timeout: min(deadline, patient)) == .success
    }

    private static let longestWait: UInt64 = 60_000_000_000

    // MARK: The thread

    private func run() {
        begin()
        var opening = Result { () throws(JournalOpenError) in try open() }
        state.withLock { state in
            state.busySince = nil
            state.opening = opening.map(\.last)
        }
        opened.signal()
        while true {
            signal.wait()
            while let note = next() {
                if case .failure = opening { opening = Result { () throws(JournalOpenError) in try open() } }
                let reason = write(note, to: &opening)
                let report = state.withLock { state in
                    state.busySince = nil
                    return state.report
                }
                if let reason { report(reason) }
            }
            if state.withLock({ $0.isStopped }) { return }
        }
    }

    private func begin() {
        state.withLock { $0.busySince = JournalClock.monotonic }
    }

    private func next() -> Note? {
        state.withLock { state in
            guard !state.waiting.isEmpty else { return nil }
            state.busySince = JournalClock.monotonic
            return state.waiting.removeFirst()
        }
    }

    private func open() throws(JournalOpenError) -> CheckpointFile {
        var status = stat()
        guard stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw .directory(
                path: directory, reason: "copies of checkpoints go there, but it is no directory; create or mount it")
        }
        return try CheckpointFile(in: directory, verifyingWith: key)
    }

    private func write(_ note: Note, to file: inout Result<CheckpointFile, JournalOpenError>) -> String? {
        switch file {
        case .failure(let error): return error.explanation
        case .success(var open):
            do throws(CheckpointFileError) {
                try open.append(note.text, size: note.size)
                file = .success(open)
                return nil
            } catch {
                file = .success(open)
                return error.reason
            }
        }
    }
}
