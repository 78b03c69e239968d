// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import ControlPlane
import Custody
import Dispatch
import Gateway
import Settings
import Synchronization

/// The journal of a command that works without a running gateway: opened when there is something to record, closed with
/// the command.
final class CommandJournal: ChangeJournal, CallJournal {
    private let settings: GatewaySettings
    private let store: SQLiteStore
    private let queue = DispatchQueue(label: "command-journal")
    private let state = Mutex(State())

    private struct State: Sendable {
        var journal: Result<Journal, JournalOpenError>?
        var whenDurable: @Sendable (UInt64) -> Void = { _ in }
    }

    /// - Parameter store: open, so that no gateway runs beside this command.
    init(_ settings: GatewaySettings, _ store: SQLiteStore) {
        self.settings = settings
        self.store = store
    }

    /// For the send gate, before any call.
    func whenDurable(_ body: @escaping @Sendable (UInt64) -> Void) {
        state.withLock { $0.whenDurable = body }
    }

    /// Has the store settle what a process that died left behind, and records that, and what it settles later: even a
    /// command that only asks changes the store then. Where that could not be recorded it is left for later.
    /// Blocks for a moment.
    func settle() throws(CustodyError) {
        if try store.needsSettling(), let failure = queue.sync(execute: failureToOpen) {
            Terminal.complain(
                CommandFailure(
                    .unavailable, "What a crash has left unsettled stays so: \(failure.explanation)."))
            return
        }
        observeSettling()
        try store.settle()
    }

    /// On `queue`. Forgotten again: a command that has nothing to record may go on.
    private func failureToOpen() -> JournalOpenError? {
        guard case .failure(let error) = opened() else { return nil }
        state.withLock { $0.journal = nil }
        return error
    }

    private func observeSettling() {
        store.observeSettling { [weak self] change in
            guard let self else { return }
            let names = try? Pseudonyms.load(from: store)
            LifeCycleRecord(journal: self, pseudonyms: names, requestID: "", caller: nil).record(change)
        }
    }

    /// Why the journal could not be opened, if that was tried.
    var failure: JournalOpenError? {
        state.withLock { if case .failure(let error)? = $0.journal { error } else { nil } }
    }

    /// Blocks for a moment.
    func close() {
        queue.sync {
            guard case .success(let journal)? = state.withLock({ $0.journal }) else { return }
            let isDurable = journal.stop(reason: "the command has ended")
            JournalWarning.show(atEndOf: journal.status, isDurable: isDurable)
        }
    }

    // MARK: Changes

    func record(_ event: AdminEvent) throws(AdminProblem) {
        let journal: Journal
        do throws(JournalOpenError) {
            journal = try queue.sync { opened() }.get()
        } catch {
            throw AdminProblem(unrecordable: error.explanation)
        }
        do throws(JournalError) {
            try journal.appendAdmin(event, time: JournalClock.utc)
        } catch {
            throw AdminProblem(error)
        }
    }

    func pseudonyms() throws(AdminProblem) -> Pseudonyms {
        do throws(CustodyError) {
            return try Pseudonyms.load(from: store)
        } catch {
            throw AdminProblem(error)
        }
    }

    // MARK: Calls

    func recordIntent(_ intent: CallIntent, changesNothing: Bool, then completion: @escaping Completion) {
        withTrail(orElse: completion) { $0.recordIntent(intent, changesNothing: changesNothing, then: completion) }
    }

    func recordOutcome(_ outcome: CallOutcome, then completion: @escaping Completion) {
        withTrail(orElse: completion) { $0.recordOutcome(outcome, then: completion) }
    }

    func recordDenial(_ record: CallRecord, user: UserPseudonym?) {
        withTrail { $0.recordDenial(record, user: user) }
    }

    func recordChange(_ event: AdminEvent) {
        withTrail { $0.recordChange(event) }
    }

    /// Off the event loop, since opening blocks.
    private func withTrail(
        orElse completion: @escaping Completion = { _ in }, _ body: @escaping @Sendable (AuditTrail) -> Void
    ) {
        queue.async { [self] in
            guard case .success(let journal) = opened() else { return completion(.failure(.stopped)) }
            body(AuditTrail(journal, whenDurable: state.withLock { $0.whenDurable }))
        }
    }

    /// On `queue`.
    private func opened() -> Result<Journal, JournalOpenError> {
        if let journal = state.withLock({ $0.journal }) { return journal }
        let opened = Result { () throws(JournalOpenError) in
            try JournalOpening.open(settings, for: .command) { JournalWarning.show($0) }
        }
        state.withLock { $0.journal = opened }
        return opened
    }
}
