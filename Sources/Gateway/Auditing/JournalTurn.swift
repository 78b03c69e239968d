// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import NIOCore
import Synchronization

/// What the calls of one event loop want recorded, handed to the journal once a turn of the loop: one lock, one wake-up
/// and as a rule one sync for all of them. A loop with one call hands that over in the same turn, so nobody waits for
/// company. The way back is the same: who is told at one time is told in one task.
///
/// `@unchecked Sendable`: `entries` is used on `eventLoop` alone; what comes from the journal's threads is behind a lock.
final class JournalTurn: @unchecked Sendable {
    typealias Continuation = @Sendable (Result<UInt64, JournalError>) -> Void

    private let journal: any CallJournal
    private let eventLoop: any EventLoop
    private var entries: [CallEntry] = []
    private let answers = Mutex<[Answer]>([])

    private struct Answer {
        let result: Result<UInt64, JournalError>
        let continuation: Continuation
    }

    init(_ journal: any CallJournal, on eventLoop: any EventLoop) {
        self.journal = journal
        self.eventLoop = eventLoop
    }

    /// As `CallJournal.recordIntent`, on the loop; `continuation` is called there too, in a later turn.
    func recordIntent(_ intent: CallIntent, changesNothing: Bool, then continuation: @escaping Continuation) {
        add(.intent(intent, changesNothing: changesNothing, then: answer(continuation)))
    }

    /// As `CallJournal.recordOutcome`, on the loop; `continuation` is called there too, in a later turn.
    func recordOutcome(_ outcome: CallOutcome, then continuation: @escaping Continuation) {
        add(.outcome(outcome, then: answer(continuation)))
    }

    private func add(_ entry: CallEntry) {
        eventLoop.preconditionInEventLoop()
        entries.append(entry)
        // Tasks run when all that has arrived was read: by then others have added theirs.
        if entries.count == 1 { eventLoop.execute { self.handOver() } }
    }

    private func handOver() {
        let taken = entries
        entries = []
        journal.record(taken)
    }

    private func answer(_ continuation: @escaping Continuation) -> CallJournal.Completion {
        { result in
            let isFirst = self.answers.withLock { answers in
                answers.append(Answer(result: result, continuation: continuation))
                return answers.count == 1
            }
            if isFirst { self.eventLoop.execute { self.tell() } }
        }
    }

    private func tell() {
        let taken = answers.withLock { answers in
            defer { answers = [] }
            return answers
        }
        for answer in taken { answer.continuation(answer.result) }
    }
}

/// One for each event loop.
struct JournalTurns: Sendable {
    /// Few, so a search beats a table.
    private let turns: [(eventLoop: any EventLoop, turn: JournalTurn)]

    init(_ journal: any CallJournal, on group: any EventLoopGroup) {
        turns = group.makeIterator().map { ($0, JournalTurn(journal, on: $0)) }
    }

    func turn(of eventLoop: any EventLoop) -> JournalTurn {
        guard let found = turns.first(where: { $0.eventLoop === eventLoop }) else {
            preconditionFailure("a connection on a loop of another group")
        }
        return found.turn
    }
}
