// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// What a journal is made of.
struct JournalParts {
    let configuration: JournalConfiguration
    let publicKey: CheckpointPublicKey
    let disk: any JournalDisk
    let clock: @Sendable () -> Int64
    let observer: @Sendable (JournalEvent) -> Void
    let state: JournalState
    let checkpoints: CheckpointWriter
    let copies: CheckpointCopies?
    let directories: [JournalDirectory]
}

extension Journal {
    /// Opens or creates a journal: takes its lock, puts a torn tail right, closes what a crash left open, begins a new
    /// segment. Blocks; when it returns, the `start` record is durable.
    ///
    /// - Parameters:
    ///   - clock: microseconds since 1970, for the records the journal writes by itself.
    ///   - observer: told what an operator should know; called on the journal's threads.
    package static func open(
        _ configuration: JournalConfiguration, disk: any JournalDisk = POSIXDisk(),
        clock: @escaping @Sendable () -> Int64 = { JournalClock.utc },
        observer: @escaping @Sendable (JournalEvent) -> Void = { _ in }
    ) throws(JournalOpenError) -> Journal {
        try configuration.check()
        try checkDirectories(configuration)
        var directories: [JournalDirectory] = []
        for path in configuration.directories { directories.append(try JournalDirectory(holding: path, on: disk)) }
        let isNew = try SegmentList(directories: configuration.directories).segments.isEmpty
        let hadKey = access(configuration.keyPath, F_OK) == 0
        let key = try CheckpointKey.load(
            configuration.keyPath, publicKeyPaths: configuration.publicKeyPaths, mayCreate: isNew)
        let copies = configuration.checkpointCopies.map {
            CheckpointCopies(in: $0, verifyingWith: key.publicKey, patience: configuration.stallLimit)
        }
        do throws(JournalOpenError) {
            let bookmark = try JournalBookmark(at: configuration.bookmarkPath, verifyingWith: key.publicKey)
            let checkpoints = try CheckpointWriter(
                key: key, directories: directories, copies: copies, bookmark: bookmark)
            let beginsAnew = isNew && bookmark.isForeign(to: configuration.directories)
            let stored = Checkpoint.highest(checkpoints.last, try copies?.last())
            let noted = beginsAnew ? nil : bookmark.last?.checkpoint
            let last = Checkpoint.highest(stored, noted)
            var recovered = try JournalRecovery(
                directories: configuration.directories, checkpoint: last, disk: disk
            ).run()
            recovered.lacksRecords = isNew && hadKey && bookmark.last == nil
            recovered.former = beginsAnew ? bookmark.last.map { ($0.checkpoint.size, bookmark.directories) } : nil
            recovered.hasUnreadableBookmark = bookmark.isUnreadable
            recovered.lacksCheckpoints = noted?.size ?? 0 > stored?.size ?? 0
            let journal = Journal(
                parts: JournalParts(
                    configuration: configuration, publicKey: key.publicKey, disk: disk, clock: clock,
                    observer: observer, state: try firstState(recovered, configuration, last), checkpoints: checkpoints,
                    copies: copies, directories: directories))
            try journal.begin(with: recovered)
            return journal
        } catch {
            copies?.stop(writingRest: false, by: .now())
            throw error
        }
    }

    /// Before any of them is created.
    private static func checkDirectories(_ configuration: JournalConfiguration) throws(JournalOpenError) {
        guard access(configuration.keyPath, F_OK) == 0 else { return }
        let key = try CheckpointKey.read(configuration.keyPath).publicKey
        try JournalBookmark(at: configuration.bookmarkPath, verifyingWith: key).check(configuration.directories)
    }

    private static func firstState(
        _ recovered: RecoveredJournal, _ configuration: JournalConfiguration, _ checkpoint: Checkpoint?
    ) throws(JournalOpenError) -> JournalState {
        var state = JournalState(
            rules: JournalRules(configuration), chain: recovered.chain, open: Set(recovered.open),
            lastSegment: recovered.lastSegment)
        state.checkpointed = checkpoint?.size ?? 0
        state.places = SegmentPlaces(try SegmentList(directories: configuration.directories))
        return state
    }

    private func begin(with recovered: RecoveredJournal) throws(JournalOpenError) {
        copies?.report(to: { [weak self] reason in self?.copyFailed(reason) })
        for finding in recovered.findings { observer(.needsAttention(finding.text)) }
        // From now on the former journal does not count any more, wherever a crash cuts this one short.
        if recovered.former != nil { noteBeginning(recovered.chain) }
        // What was recovered is signed for before anything is added to it.
        if recovered.chain.sequence > 0 { sign(recovered.chain) }
        let records = firstRecords(recovered, time: clock())
        let order = desk.withLock { desk -> JournalState.OpenOrder? in
            guard (try? desk.state.append(records)) != nil else { return nil }
            return desk.state.beginOpen(now: JournalClock.monotonic)
        }
        guard let order else { throw .configuration(reason: "version: longer than \(RecordLimits.textBytes) bytes") }
        if let problem = openSegment(order, full: nil) { throw .io(path: problem.path, reason: problem.reason) }
        if let chain = desk.withLock({ $0.state.beginCheckpoint(now: JournalClock.monotonic) }) { sign(chain) }
        startThreads()
    }

    private func firstRecords(_ recovered: RecoveredJournal, time: Int64) -> [JournalRecord] {
        var records = recovered.open.map { requestID in
            var outcome = CallOutcome(requestID: requestID, result: .unknown)
            outcome.problem = "crash"
            return JournalRecord(time: time, content: .outcome(outcome))
        }
        if let note = recovered.note { records.append(JournalRecord(time: time, content: .recovered(note))) }
        records += recovered.findings.map { finding in
            JournalRecord(time: time, content: .recovered(RecoveryNote(reason: finding.reason)))
        }
        let start = GatewayStart(version: configuration.version, process: Int(getpid()))
        records.append(JournalRecord(time: time, content: .start(start)))
        return records
    }

    /// Signs for `chain` and stores the checkpoint; failures are reported and tried again with the next one.
    func sign(_ chain: ChainState) {
        let places = desk.withLock { $0.state.places.directories }
        let (isStored, failures) = checkpoints.withLock { $0.write(chain, in: places) }
        change { desk, _ in
            if isStored { desk.state.signed(chain) }
            for failure in failures { desk.state.couldNotSign(path: failure.path, reason: failure.reason) }
            return SettledWaiters()
        }
    }

    private func noteBeginning(_ chain: ChainState) {
        let failure = checkpoints.withLock { writer in
            writer.moveBookmark(
                to: Checkpoint(origin: writer.origin, size: chain.sequence, root: chain.tree.root),
                in: [configuration.directory])
        }
        guard let failure else { return }
        change { desk, _ in
            desk.state.couldNotSign(path: failure.path, reason: failure.reason)
            return SettledWaiters()
        }
    }

    private func copyFailed(_ reason: String) {
        change { desk, _ in
            desk.state.couldNotSign(path: copies?.path ?? "", reason: reason)
            return SettledWaiters()
        }
    }
}
