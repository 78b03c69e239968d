// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Synchronization
import Testing

struct LimitDeskTests {
    /// Fails until it is mended.
    private final class FakeStore: LimitStore {
        let isBroken = Mutex(true)
        let released = Mutex(0)
        private let limiter = Limiter()

        func admit(_ request: LimitRequest, now: Int64, then completion: @escaping Completion) {
            if isBroken.withLock({ $0 }) {
                completion(.failure(.timeout))
            } else {
                completion(.success(limiter.admit(request, now: now)))
            }
        }

        func release(_ subjects: LimitSubjects, taken: LimitKinds) {
            released.withLock { $0 += 1 }
            limiter.release(subjects, taken: taken)
        }
    }

    private let alice = LimitSubjects(homeUser: subject(.homeUser, "alice", LimitPolicy(rate: perMinute(60, burst: 1))))

    private func answers(_ behaviour: LimitFailureBehaviour, _ store: FakeStore) -> [LimitDesk.Answer] {
        let desk = LimitDesk(shared: store, onFailure: behaviour)
        #expect(desk.answerNow(LimitRequest(alice), now: 0) == nil)
        let answers = Mutex<[LimitDesk.Answer]>([])
        for _ in 0..<2 {
            desk.ask(LimitRequest(alice), now: 0) { answer in
                answers.withLock { $0.append(answer) }
                if case .decided(let decision, let counter) = answer, decision.isAdmitted {
                    desk.release(alice, taken: decision.taken, from: counter)
                }
            }
        }
        return answers.withLock { $0 }
    }

    @Test func closedRefuses() {
        for answer in answers(.closed, FakeStore()) {
            guard case .unavailable = answer else { return #expect(Bool(false), "let through") }
        }
    }

    @Test func openLetsEverythingThrough() {
        for answer in answers(.open, FakeStore()) {
            guard case .decided(let decision, by: .nobody) = answer else { return #expect(Bool(false), "was counted") }
            #expect(decision.isAdmitted)
        }
    }

    @Test func localCountsHere() {
        let admitted = answers(.local, FakeStore()).map { answer in
            guard case .decided(let decision, by: .own) = answer else { return false }
            return decision.isAdmitted
        }
        #expect(admitted == [true, false])
    }

    @Test func aStoreThatWorksDecides() {
        let store = FakeStore()
        store.isBroken.withLock { $0 = false }
        let admitted = answers(.closed, store).map { answer in
            guard case .decided(let decision, by: .shared) = answer else { return false }
            return decision.isAdmitted
        }
        #expect(admitted == [true, false])
        #expect(store.released.withLock { $0 } == 1)
    }

    @Test func withoutAStoreTheAnswerIsThereAtOnce() {
        let desk = LimitDesk(Limiter())
        guard case .decided(let decision, by: .own)? = desk.answerNow(LimitRequest(alice), now: 0) else {
            return #expect(Bool(false), "no answer")
        }
        #expect(decision.isAdmitted)
    }
}
