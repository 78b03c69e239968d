// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Dispatch
import Synchronization

/// The append-only record of everything the gateway does.
///
/// Any thread may append. Four threads of its own do the rest: one writes, one syncs and creates segments, one signs
/// checkpoints and looks whether the file is still there, one watches that the disk answers; a fifth copies
/// checkpoints. Waiters are called on these threads, or on the appending thread; they must not block. `stop` must be
/// called once, or the threads live as long as the process.
package final class Journal: Sendable {
    package typealias Completion = @Sendable (Result<UInt64, JournalError>) -> Void

    package let durability: JournalDurability

    /// Contents of `audit.pub`.
    package let publicKey: String

    let configuration: JournalConfiguration
    let disk: any JournalDisk
    let clock: @Sendable () -> Int64
    let observer: @Sendable (JournalEvent) -> Void
    let desk: Mutex<JournalDesk>
    let checkpoints: Mutex<CheckpointWriter>
    let copies: CheckpointCopies?
    let denials = Mutex(DenialAggregate())
    let directories: [JournalDirectory]

    /// `counts.segments` when old segments were looked for last.
    let segmentsAtRemoval = Mutex<UInt64>(0)
    let writerSignal = DispatchSemaphore(value: 0)
    let syncerSignal = DispatchSemaphore(value: 0)
    let notarySignal = DispatchSemaphore(value: 0)
    let watchSignal = DispatchSemaphore(value: 0)
    let threads = DispatchGroup()

    init(parts: JournalParts) {
        configuration = parts.configuration
        durability = parts.configuration.durability
        publicKey = parts.publicKey.text
        disk = parts.disk
        clock = parts.clock
        observer = parts.observer
        desk = Mutex(JournalDesk(state: parts.state))
        checkpoints = Mutex(parts.checkpoints)
        copies = parts.copies
        directories = parts.directories
    }

    // MARK: Appending

    /// Appends an intent. `completion` is called exactly once: when the call may go on, or with the reason why not.
    ///
    /// - Parameter changesNothing: the call is a read; under `relaxed` it does not wait for the disk.
    package func appendIntent(
        _ intent: CallIntent, time: Int64, changesNothing: Bool = false, whenRecorded completion: @escaping Completion
    ) {
        append(
            [JournalRecord(time: time, content: .intent(intent))],
            until: durability.promiseForIntent(changesNothing: changesNothing), then: completion)
    }

    /// Appends an outcome. `completion` is called exactly once: when the answer may be released, or with the reason
    /// why it must be withheld. Even then the outcome is kept and written when the disk is back.
    package func appendOutcome(_ outcome: CallOutcome, time: Int64, whenRecorded completion: @escaping Completion) {
        append(
            [JournalRecord(time: time, content: .outcome(outcome))], until: durability.promiseForOutcome,
            then: completion)
    }

    /// Appends all of `records` or none. `completion` is called exactly once, possibly before this returns, with the
    /// number of the last record.
    package func append(
        _ records: [JournalRecord], until promise: JournalPromise, then completion: @escaping Completion
    ) {
        do throws(JournalError) {
            _ = try enter(records, waiter: JournalWaiter(promise: promise, run: completion))
        } catch {
            completion(.failure(error))
        }
    }

    /// Appends each of these by itself: one that is refused takes no other along. One lock and one wake-up for all.
    package func append(each appends: [JournalAppend]) {
        let (refused, wakes) = desk.withLock { desk in
            var refused: [(append: JournalAppend, error: JournalError)] = []
            for append in appends {
                let waiter = JournalWaiter(promise: append.promise, run: append.completion)
                do throws(JournalError) {
                    _ = try desk.state.append([append.record], waiter: waiter)
                } catch {
                    refused.append((append, error))
                }
            }
            return (refused, desk.wakes())
        }
        signal(wakes)
        for (append, error) in refused { append.completion(.failure(error)) }
    }

    /// Appends without waiting: for denials, and whatever nothing depends on.
    @discardableResult
    package func append(_ records: [JournalRecord]) throws(JournalError) -> UInt64 {
        try enter(records, waiter: nil)
    }

    /// Appends and blocks until the promise holds; for administration, never on an event loop. A disk that does not
    /// answer ends the wait after the stall limit.
    @discardableResult
    package func appendAndWait(
        _ records: [JournalRecord], until promise: JournalPromise = .durable
    ) throws(JournalError) -> UInt64 {
        let box = Mutex<Result<UInt64, JournalError>?>(nil)
        let signal = DispatchSemaphore(value: 0)
        let answer = Answer(box: box)
        append(records, until: promise) { result in
            answer.box.withLock { $0 = result }
            signal.signal()
        }
        signal.wait()
        return try (answer.box.withLock { $0 } ?? .failure(.stopped)).get()
    }

    private final class Answer: Sendable {
        let box: Mutex<Result<UInt64, JournalError>?>

        init(box: consuming Mutex<Result<UInt64, JournalError>?>) {
            self.box = box
        }
    }

    // MARK: State

    package var status: JournalStatus {
        desk.withLock { $0.state.status }
    }

    /// Number of the last record that is synced.
    package var durableSequence: UInt64 {
        desk.withLock { $0.state.durable.sequence }
    }

    // MARK: Inside

    /// Encodes, and wakes the thread that writes: no caller ever touches the disk.
    private func enter(_ records: [JournalRecord], waiter: JournalWaiter?) throws(JournalError) -> UInt64 {
        let (result, wakes) = desk.withLock { desk in
            (Result { () throws(JournalError) in try desk.state.append(records, waiter: waiter) }, desk.wakes())
        }
        signal(wakes)
        return try result.get()
    }

    func signal(_ wakes: JournalDesk.Wakes) {
        if wakes.writer { writerSignal.signal() }
        if wakes.syncer { syncerSignal.signal() }
        if wakes.notary { notarySignal.signal() }
    }

    /// Makes a write and tells everybody.
    func perform(_ order: JournalState.WriteOrder, on file: SegmentFile) {
        let result = Result { () throws(DiskError) in try file.write(order.bytes) }
            .mapError { JournalProblem($0, path: file.path) }
        change { desk, now in
            defer { desk.dropFailedFile() }
            return desk.state.wrote(order, result, now: now, time: clock())
        }
    }

    /// Changes the state, then, outside the lock, wakes threads, reports events and calls waiters.
    func change(_ body: (inout JournalDesk, _ now: UInt64) -> SettledWaiters) {
        let now = JournalClock.monotonic
        let (settled, events, wakes) = desk.withLock { desk in
            let settled = body(&desk, now)
            return (settled, desk.state.takeEvents(), desk.wakes())
        }
        signal(wakes)
        for event in events { observer(event) }
        settled.run()
    }
}
