// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import RateLimits
import Synchronization

/// A call that was let through. It must leave again, once.
struct Passage: Sendable {
    let subjects: LimitSubjects
    var kinds: LimitKinds
    let counter: LimitDesk.Counter

    /// Nil for what calls nobody by itself, or may not any more.
    var pass: UpstreamPass?
}

/// What one call asks of the turnstile.
struct TurnRequest: Sendable {
    let limits: LimitRequest

    /// Nil: it is let through at once or refused.
    var wait: Duration?
}

/// Where every call passes before it is sent: is there room by its limits, and may the upstream be called at all? Both or
/// none is counted. A call that may wait does so here, in fair order. From any thread; never blocks for long.
final class Turnstile: Sendable {
    typealias Completion = @Sendable (Result<Passage, GatewayError>) -> Void

    enum Entry: Sendable {
        case through(Passage)
        case refused(GatewayError)
        /// The completion will be called, unless the ticket is given up before.
        case waits(Ticket)
        /// The completion will be called.
        case asked
    }

    let desk: LimitDesk
    let upstream: UpstreamGuard
    let settings: WaitingSettings
    let counts = TurnCounts()
    private let clock: any TimeSource
    let shadows: ShadowLog
    private let queue: Mutex<TurnQueue>

    /// Read before the lock is taken: usually nobody waits.
    private let waiting = Atomic<Int>(0)

    init(_ services: Services) {
        desk = services.limits
        upstream = services.upstreamGuard
        settings = services.waiting
        clock = services.clock
        shadows = ShadowLog(services.onShadowRefusal)
        queue = Mutex(TurnQueue(services.waiting.room))
    }

    var now: Int64 { Int64(clock.now.uptimeNanoseconds) }

    /// - Parameter completion: called on `eventLoop`, exactly once, where the entry says so.
    func enter(
        _ request: TurnRequest, on eventLoop: any EventLoop, then completion: @escaping Completion
    ) -> Entry {
        let (now, limits) = (now, request.limits)
        switch attemptInTurn(limits, now) {
        case .settled(.through(let passage)): return .through(passage)
        case .ask(let pass):
            ask(limits, pass, now, on: eventLoop, then: completion)
            return .asked
        case .settled(.blocked(let obstacle)):
            let waiter = TurnQueue.Waiter(
                request: limits, obstacle: obstacle, eventLoop: eventLoop, completion: completion)
            guard let wait = request.wait, wait > .zero, !desk.isShared, let ticket = join(waiter, wait, now) else {
                return .refused(refusal(obstacle, limits.subjects, now))
            }
            return .waits(ticket)
        }
    }

    /// For calls that cannot wait.
    func enterNow(_ subjects: LimitSubjects) throws(GatewayError) -> Passage {
        let now = now
        switch attemptInTurn(LimitRequest(subjects), now) {
        case .settled(.through(let passage)): return passage
        case .settled(.blocked(let obstacle)): throw refusal(obstacle, subjects, now)
        case .ask(let pass):
            upstream.giveBack(pass, now: now)
            throw .limitsUnavailable
        }
    }

    /// The call has ended; `ending` says how for the upstream.
    func leave(_ passage: Passage, _ ending: UpstreamEnding) {
        makeRoom(of: passage.subjects) {
            desk.release(passage.subjects, taken: passage.kinds, from: passage.counter)
            guard let pass = passage.pass else { return }
            upstream.ended(pass, ending, now: now, chance: UInt64.random(in: .min ... .max))
        }
    }

    /// Those who wait get the room that `body` makes before a call that comes.
    private func makeRoom(of subjects: LimitSubjects, _ body: () -> Void) {
        guard isAnybodyWaiting else {
            body()
            return roomWasMade(of: subjects)
        }
        look { queue in
            body()
            queue.callEnded(of: subjects)
        }
    }

    /// A call of these has given something back. Who met that before may have begun to wait only since: so this asks last
    /// whether anybody waits.
    func roomWasMade(of subjects: LimitSubjects) {
        if isAnybodyWaiting { look { $0.callEnded(of: subjects) } }
    }

    private var isAnybodyWaiting: Bool { waiting.load(ordering: .relaxed) > 0 }

    /// The caller has gone away. Nil: the call was let through or refused already, and the completion tells.
    func giveUp(_ ticket: Ticket) -> GatewayError? {
        let waiter = queue.withLock { $0.giveUp(ticket) }
        guard let waiter else { return nil }
        waiting.subtract(1, ordering: .relaxed)
        counts.waited(.gaveUp, now - ticket.arrived)
        return refusal(waiter.obstacle, waiter.request.subjects, now)
    }

    /// Limits have changed: who waits is looked at again, by what `renew` says it counts on now.
    func reconsider(_ renew: (LimitSubjects) -> LimitSubjects) {
        guard isAnybodyWaiting else { return }
        look { $0.reconsider(renew) }
    }

    /// The gateway stops: refuses those whose turn would come later than `limit` from now.
    func close(turnsAfter limit: Duration) {
        let now = now
        end(queue.withLock { $0.giveUp(turnsAfter: now.addingNanoseconds(of: limit), now: now) })
    }

    /// Refuses all who wait.
    func close() {
        end(queue.withLock { $0.close() })
    }

    private func end(_ waiters: [TurnQueue.Waiter]) {
        waiting.subtract(waiters.count, ordering: .relaxed)
        for waiter in waiters { waiter.end(.failure(.shuttingDown)) }
    }

    func waitingCounts() -> (total: Int, longest: Int64) {
        let now = now
        return queue.withLock { ($0.room.count, $0.earliestArrival.map { now - $0 } ?? 0) }
    }

    // MARK: One attempt

    private enum Attempt: Sendable {
        case settled(TurnQueue.Attempt)
        /// A shared store has to be asked.
        case ask(UpstreamPass)
    }

    private func attemptInTurn(_ request: LimitRequest, _ now: Int64) -> Attempt {
        guard isAnybodyWaiting else {
            var notes: ShadowNotes = []
            let result = attempt(request, now, &notes)
            shadows.note(notes, now)
            // Its pass is given back, and somebody who came meanwhile may wait for just that.
            if case .settled(.blocked(.limits)) = result { roomWasMade(of: request.subjects) }
            return result
        }
        return inTurn(request, now) { attempt($0, now, &$1) }
    }

    /// Those who wait and could go now go first; so nobody is overtaken by a call that counts on the same limits.
    func inTurn<Answer: Sendable>(
        _ request: LimitRequest, _ now: Int64, _ attempt: (LimitRequest, inout ShadowNotes) -> Answer
    ) -> Answer {
        let (look, answer) = queue.withLock { queue in
            queue.release(homeUserOf: request.subjects)
            var look = self.look(&queue, now)
            var request = request
            request.mayOvertake = queue.isEmpty(for: request.subjects)
            let answer = attempt(request, &look.shadowed)
            return (look, answer)
        }
        conclude(look, now)
        return answer
    }

    private func attempt(_ request: LimitRequest, _ now: Int64, _ notes: inout ShadowNotes) -> Attempt {
        let pass: UpstreamPass
        switch upstream.admit(request.subjects.consumer?.upstreamConsumer, now: now) {
        case .open(let granted): pass = granted
        case .closed(let hold, let until): return .settled(.blocked(.upstream(hold, until: until)))
        }
        guard let answer = desk.answerNow(request, now: now) else { return .ask(pass) }
        return .settled(settle(answer, request.subjects, pass, now, &notes))
    }

    private func settle(
        _ answer: LimitDesk.Answer, _ subjects: LimitSubjects, _ pass: UpstreamPass, _ now: Int64,
        _ notes: inout ShadowNotes
    ) -> TurnQueue.Attempt {
        switch answer {
        case .unavailable:
            upstream.giveBack(pass, now: now)
            return .blocked(.limitsUnavailable)
        case .decided(let decision, let counter):
            if !decision.shadowed.isEmpty { notes.append((decision.shadowed, subjects)) }
            guard decision.isAdmitted else {
                upstream.giveBack(pass, now: now)
                return .blocked(.limits(decision, at: now))
            }
            return .through(
                Passage(subjects: subjects, kinds: decision.taken, counter: counter, pass: pass))
        }
    }

    private func ask(
        _ request: LimitRequest, _ pass: UpstreamPass, _ now: Int64, on eventLoop: any EventLoop,
        then completion: @escaping Completion
    ) {
        desk.ask(request, now: now) { [self] answer in
            let now = self.now
            var notes: ShadowNotes = []
            let result: Result<Passage, GatewayError> =
                switch settle(answer, request.subjects, pass, now, &notes) {
                case .through(let passage): .success(passage)
                case .blocked(let obstacle): .failure(refusal(obstacle, request.subjects, now))
                }
            shadows.note(notes, now)
            eventLoop.execute { completion(result) }
        }
    }

    func refusal(_ obstacle: TurnObstacle, _ subjects: LimitSubjects, _ now: Int64) -> GatewayError {
        obstacle.error(standing: { desk.own.standing(of: subjects, now: now) }, now: now)
    }

    // MARK: Waiting

    /// Nil when there is no room.
    private func join(_ waiter: TurnQueue.Waiter, _ wait: Duration, _ now: Int64) -> Ticket? {
        let deadline = now.addingNanoseconds(of: wait)
        let joined = queue.withLock { queue in
            let joining = queue.join(waiter, now: now, deadline: deadline)
            // Counted before anybody can let it go: a count too low would hide others, one too high costs a look.
            if let joining, joining.displaced == nil { waiting.add(1, ordering: .relaxed) }
            return joining
        }
        guard let joining = joined else {
            counts.countNoRoom()
            return nil
        }
        if let (waiter, ticket) = joining.displaced {
            counts.waited(.displaced, now - ticket.arrived)
            waiter.end(.failure(refusal(waiter.obstacle, waiter.request.subjects, now)))
        }
        look { _ in }
        return joining.ticket
    }

    private func look(_ change: (inout TurnQueue) -> Void) {
        let now = now
        let look = queue.withLock { queue in
            change(&queue)
            return self.look(&queue, now)
        }
        conclude(look, now)
    }

    private func look(_ queue: inout TurnQueue, _ now: Int64) -> TurnQueue.Look {
        var notes: ShadowNotes = []
        var look = queue.look(now) { turn($0, now, &notes) }
        look.shadowed = notes
        return look
    }

    private func conclude(_ look: TurnQueue.Look, _ now: Int64) {
        shadows.note(look.shadowed, now)
        waiting.subtract(look.going.count + look.expired.count, ordering: .relaxed)
        for (waiter, ticket, passage) in look.going {
            counts.waited(.went, now - ticket.arrived)
            waiter.end(.success(passage))
        }
        for (waiter, ticket) in look.expired {
            counts.waited(.expired, now - ticket.arrived)
            waiter.end(.failure(refusal(waiter.obstacle, waiter.request.subjects, now)))
        }
        if let (time, eventLoop) = look.timer {
            eventLoop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(max(0, time)))) {
                self.look { $0.timerFired(time) }
            }
        }
    }

    private func turn(
        _ request: LimitRequest, _ now: Int64, _ notes: inout ShadowNotes
    ) -> TurnQueue.Attempt {
        switch attempt(request, now, &notes) {
        case .settled(let settled): return settled
        case .ask(let pass):
            // Never met: where a shared store decides nobody waits.
            upstream.giveBack(pass, now: now)
            return .blocked(.limitsUnavailable)
        }
    }
}

extension Int64 {
    /// For times on the limiter's clock.
    fileprivate func addingNanoseconds(of duration: Duration) -> Int64 {
        addingReportingOverflow(Int64(duration / .nanoseconds(1))).partialValue
    }
}
