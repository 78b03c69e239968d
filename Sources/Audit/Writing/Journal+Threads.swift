// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Dispatch
import Foundation

extension Journal {
    func startThreads() {
        start("journal-writer") { $0.runWriter() }
        start("journal-syncer") { $0.runSyncer() }
        start("journal-notary") { $0.runNotary() }
        start("journal-watch") { $0.runWatch() }
    }

    private func start(_ name: String, _ body: @escaping @Sendable (Journal) -> Void) {
        threads.enter()
        let thread = Thread { [self] in
            body(self)
            threads.leave()
        }
        thread.name = name
        thread.start()
    }

    // MARK: Writing

    private func runWriter() {
        while true {
            switch desk.withLock({ $0.nextWrite(now: JournalClock.monotonic) }) {
            case .write(let order, let file): perform(order, on: file)
            case .park: writerSignal.wait()
            case .exit: return
            }
        }
    }

    // MARK: Syncing

    private func runSyncer() {
        while true {
            switch desk.withLock({ $0.nextSync(now: JournalClock.monotonic, time: clock()) }) {
            case .sync(let order, let file): sync(order, file)
            case .open(let order, let full): openSegment(order, full: full)
            case .park(let until):
                park(syncerSignal, until: until)
                desk.withLock { $0.syncerParkedUntil = nil }
            case .exit: return
            }
        }
    }

    private func sync(_ order: JournalState.SyncOrder, _ file: SegmentFile) {
        let result = Result { () throws(DiskError) in try file.sync() }
            .mapError { JournalProblem($0, path: file.path) }
        change { desk, now in
            defer { desk.dropFailedFile() }
            return desk.state.synced(order, result, now: now, time: clock())
        }
    }

    /// Tries one directory after the other.
    /// - Returns: why none of them took the segment, if so.
    @discardableResult
    func openSegment(
        _ first: JournalState.OpenOrder, full: (file: SegmentFile, byteCount: Int)?
    ) -> JournalProblem? {
        let reserve = configuration.segmentBytes + configuration.outcomeReserve
        var order = first
        var problem: JournalProblem?
        for directory in directories {
            if let reason = directory.alteration {
                problem = problem ?? JournalProblem(kind: .altered, path: directory.path, reason: reason)
                continue
            }
            do throws(SegmentCreationError) {
                let file = try SegmentFile.create(
                    order.segment, in: directory.path, reserving: reserve, with: order.bytes, on: disk)
                full?.file.giveBackReserve(after: full?.byteCount ?? 0)
                adopt(file, order, insteadOf: problem)
                return nil
            } catch {
                problem = problem ?? JournalProblem(error.cause, path: error.path)
                if error.leftBehind {
                    guard let next = abandon(order) else { break }
                    order = next
                }
            }
        }
        let cause = problem ?? JournalProblem(kind: .failed, path: configuration.directory, reason: "no segment")
        change { desk, now in desk.state.cannotOpen(cause, now: now, time: clock()) }
        return cause
    }

    /// - Parameter refusal: why the first directory did not take it, if so.
    private func adopt(_ file: SegmentFile, _ order: JournalState.OpenOrder, insteadOf refusal: JournalProblem?) {
        let refusal = refusal.map { JournalProblem(kind: $0.kind, path: configuration.directory, reason: $0.reason) }
        change { desk, now in
            desk.file = file
            return desk.state.opened(order, path: file.path, insteadOf: refusal, now: now, time: clock())
        }
    }

    private func abandon(_ order: JournalState.OpenOrder) -> JournalState.OpenOrder? {
        desk.withLock { $0.state.abandon(order, now: JournalClock.monotonic, time: clock()) }
    }

    // MARK: Signing and inspecting

    /// On a thread of its own, so that a signature and its sync delay no call.
    private func runNotary() {
        let interval = configuration.inspectionInterval.nanoseconds
        while true {
            let (step, wakes) = desk.withLock { desk in
                let (now, time) = (JournalClock.monotonic, clock())
                let step = desk.nextNotary(now: now, time: time, inspectionInterval: interval)
                return (step, desk.wakes())
            }
            signal(wakes)
            switch step {
            case .checkpoint(let chain): sign(chain)
            case .inspect(let file, let byteCount): inspect(file, byteCount: byteCount)
            case .park(let until):
                park(notarySignal, until: until)
                desk.withLock { $0.notaryParkedUntil = nil }
            case .exit: return
            }
        }
    }

    private func inspect(_ file: SegmentFile, byteCount: Int) {
        guard let reason = file.alteration(expecting: byteCount) else { return }
        let problem = JournalProblem(kind: .altered, path: file.path, reason: reason)
        change { desk, _ in
            // While the next segment is being created, this one is complete; verification will tell.
            let isInUse = desk.state.current?.number == file.number && !desk.state.isOpening
            if isInUse { desk.state.fail(problem, time: clock()) }
            desk.dropFailedFile()
            return SettledWaiters()
        }
    }

    private func park(_ signal: DispatchSemaphore, until time: UInt64) {
        let now = JournalClock.monotonic
        guard time > now else { return }
        let longest: UInt64 = 3600 * 1_000_000_000
        _ = signal.wait(timeout: .now() + .nanoseconds(Int(min(time - now, longest))))
    }

    // MARK: Watching

    /// Never touches the disk, so that it can tell when the others hang in it.
    private func runWatch() {
        let interval = DispatchTimeInterval.nanoseconds(Int(max(configuration.stallLimit.nanoseconds / 4, 1_000_000)))
        while watchSignal.wait(timeout: .now() + interval) == .timedOut {
            change { desk, now in desk.state.tick(now: now, path: desk.file?.path ?? configuration.directory) }
            if status.health == .available { recordDenials { $0.flush(at: clock()) } }
        }
    }
}
