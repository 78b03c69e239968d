// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import RateLimits

/// The turn of a call: when its limits and the upstream let it go.
extension Exchange {
    /// Now, later or not at all.
    func takeTurn(_ outgoing: Outgoing) {
        let wait = pipeline.services.waiting.wait(outgoing.wishes)
        if outgoing.wishes.wait != nil { notes.appliedWait = Int(wait.components.seconds) }
        let request = TurnRequest(
            limits: LimitRequest(outgoing.subjects, priority: outgoing.wishes.priority), wait: wait)
        let entry = pipeline.turnstile.enter(request, on: eventLoop) { self.turnCame($0) }
        switch entry {
        case .through(let passage): proceed(outgoing, passage)
        case .refused(let error): refuse(error)
        case .waits(let ticket): self.ticket = ticket
        case .asked: break
        }
    }

    private func turnCame(_ result: Result<Passage, GatewayError>) {
        ticket = nil
        guard let outgoing else { preconditionFailure("a turn came that was not asked for") }
        do throws(GatewayError) {
            passage = try result.get()
            let renewed = try pipeline.renewed(outgoing)
            self.outgoing = renewed
            proceed(renewed, passage)
        } catch {
            refuse(error)
        }
    }

    private func proceed(_ outgoing: Outgoing, _ passage: Passage?) {
        self.passage = passage
        if case .creation(let creation) = outgoing.effect {
            reserve(creation, outgoing)
        } else {
            recordIntent(outgoing)
        }
    }

    /// Whether the call may be sent a second time, after an attempt that has ended as `ending` says. If not, what came of that
    /// attempt is the answer.
    func takesTurnAgain() -> Bool {
        guard let passage else { return false }
        let turn = pipeline.turnstile.again(passage, after: ending)
        self.passage = turn.passage
        if turn.goes { ending = .unknown }
        return turn.goes
    }

    /// The client has closed its side or is gone. A call that still waits for its turn gives its place to others; one that
    /// was sent cannot be called back.
    func clientLeft() {
        guard let ticket, let error = pipeline.turnstile.giveUp(ticket) else { return }
        self.ticket = nil
        refuse(error)
    }
}
