// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import NIOEmbedded
import Synchronization
import TestSupport
import Testing

@testable import Gateway

/// Keeps what it is given, as it is given.
private final class KeptBatches: CallJournal {
    let batches = Mutex<[[CallEntry]]>([])

    func record(_ entries: [CallEntry]) {
        batches.withLock { $0.append(entries) }
    }

    func recordIntent(_ intent: CallIntent, changesNothing: Bool, then completion: @escaping Completion) {
        record([.intent(intent, changesNothing: changesNothing, then: completion)])
    }

    func recordOutcome(_ outcome: CallOutcome, then completion: @escaping Completion) {
        record([.outcome(outcome, then: completion)])
    }

    func recordDenial(_ record: CallRecord, user: UserPseudonym?) {}
    func recordChange(_ event: AdminEvent) {}

    /// Answers what was given at one time, the last first.
    func answer(batch index: Int, _ results: [Result<UInt64, JournalError>]) {
        let batch = batches.withLock { $0[index] }
        for (entry, result) in zip(batch, results).reversed() {
            switch entry {
            case .intent(_, _, let completion), .outcome(_, let completion): completion(result)
            }
        }
    }
}

struct JournalTurnTests {
    private let loop = EmbeddedEventLoop()
    private let journal = KeptBatches()
    private let told = Watched<[String]>([])

    private func add(_ requestID: String, to turn: JournalTurn) {
        turn.recordIntent(
            CallIntent(requestID: requestID, method: "GET", requestBytes: 0), changesNothing: true
        ) { [told] result in
            let text = if case .success(let sequence) = result { "\(sequence)" } else { "refused" }
            told.change { $0.append("\(requestID) \(text)") }
        }
    }

    @Test func handsOverWhatATurnBroughtTogether() {
        let turn = JournalTurn(journal, on: loop)
        add("a", to: turn)
        add("b", to: turn)
        #expect(journal.batches.withLock { $0.isEmpty })
        loop.run()
        add("c", to: turn)
        loop.run()
        #expect(journal.batches.withLock { $0.map(\.count) } == [2, 1])
    }

    @Test func tellsEachItsOwnResultOnTheLoop() {
        let turn = JournalTurn(journal, on: loop)
        for requestID in ["a", "b", "c"] { add(requestID, to: turn) }
        loop.run()
        journal.answer(batch: 0, [.success(5), .failure(.stopped), .success(6)])
        #expect(told.current.isEmpty)
        loop.run()
        #expect(told.current == ["c 6", "b refused", "a 5"])
    }

    @Test func takesMoreWhileItTells() {
        let turn = JournalTurn(journal, on: loop)
        turn.recordOutcome(CallOutcome(requestID: "a", result: .answered)) { [told] _ in
            told.change { $0.append("a") }
            turn.recordOutcome(CallOutcome(requestID: "b", result: .answered)) { _ in
                told.change { $0.append("b") }
            }
        }
        loop.run()
        journal.answer(batch: 0, [.success(1)])
        loop.run()
        journal.answer(batch: 1, [.success(2)])
        loop.run()
        #expect(told.current == ["a", "b"])
    }
}
