// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Calls that wait for their turn: bounded, each with a deadline, in fair order. A value; it knows neither clock nor limiter.
package struct WaitingRoom: Sendable {
    package struct Limits: Sendable, Equatable {
        /// Calls that may wait for one consumer.
        package var perConsumer: Int

        /// Calls that may wait at all.
        package var total: Int

        package init(perConsumer: Int = 128, total: Int = 512) {
            self.perConsumer = perConsumer
            self.total = total
        }
    }

    /// What one look brought.
    package struct Look: Sendable, Equatable {
        /// They may go, in this order.
        package var going: [Ticket] = []

        /// Their deadlines have passed.
        package var expired: [Ticket] = []

        /// When to look again, if nothing ends or arrives before; nil for never.
        package var next: Int64?
    }

    package let limits: Limits
    private var lines: [LimitKey: WaitingLine] = [:]

    /// No turn for anybody before; `.max` for until any call ends.
    private var heldUntil: Int64 = .min

    /// So that no consumer is always asked first.
    private var lastServed: LimitKey?
    package private(set) var count = 0

    package init(_ limits: Limits = Limits()) {
        self.limits = limits
    }

    package var isEmpty: Bool { count == 0 }

    package func count(of consumer: LimitKey) -> Int { lines[consumer]?.count ?? 0 }

    package func contains(homeUser: LimitKey, of consumer: LimitKey) -> Bool {
        lines[consumer]?.contains(homeUser: homeUser) ?? false
    }

    package enum Arrival: Sendable, Equatable {
        case waits

        /// The ticket of somebody who has more of them was taken out for it.
        case displaces(Ticket)
        case noRoom
    }

    /// When there is no room, whoever has most tickets loses its newest one, if the newcomer's home user then has no more than
    /// that one: so nobody fills the room alone. Batch calls make way for interactive ones of users that have fewer tickets.
    package mutating func arrive(_ ticket: Ticket) -> Arrival {
        var displaced: Ticket?
        let isLineFull = count(of: ticket.consumer) >= limits.perConsumer
        if isLineFull || count >= limits.total {
            let full = isLineFull ? [lines[ticket.consumer]].compactMap { $0 } : Array(lines.values)
            guard let other = whoMakesWay(for: ticket, full), cancel(other.identifier, of: other.consumer) else {
                return .noRoom
            }
            displaced = other
        }
        lines[ticket.consumer, default: WaitingLine()].append(ticket)
        count += 1
        return displaced.map(Arrival.displaces) ?? .waits
    }

    private func whoMakesWay(for ticket: Ticket, _ lines: [WaitingLine]) -> Ticket? {
        let own = self.lines[ticket.consumer]?.count(of: ticket.homeUser) ?? 0
        let batch = lines.compactMap(\.largestOfBatch).max { $0.count < $1.count }
        if ticket.priority == .interactive, let batch, batch.count > own { return batch.newest }
        let largest = lines.compactMap(\.largest).max { $0.count < $1.count }
        return largest.flatMap { $0.count >= own + 2 ? $0.newest : nil }
    }

    /// The caller has gone away. False if the ticket is not here.
    package mutating func cancel(_ identifier: UInt64, of consumer: LimitKey) -> Bool {
        !remove(from: consumer) { $0.identifier == identifier }.isEmpty
    }

    /// A call has ended: those that wait for just that are looked at again.
    package mutating func callEnded() {
        if heldUntil == .max { heldUntil = .min }
        for consumer in lines.keys { lines[consumer]?.callEnded() }
    }

    /// Everybody is looked at again: limits have changed.
    package mutating func reconsider() {
        heldUntil = .min
        for consumer in lines.keys { lines[consumer]?.release() }
    }

    /// One home user is looked at again: a later call of it is about to be tried, and must not overtake.
    package mutating func release(_ homeUser: LimitKey, of consumer: LimitKey) {
        lines[consumer]?.release(homeUser)
    }

    /// Tells whose time is up and lets go whom `turn` lets go. `turn` counts a call that goes.
    package mutating func look(_ now: Int64, turn: (Ticket) -> Turn) -> Look {
        var look = Look()
        for consumer in lines.keys {
            look.expired += remove(from: consumer) { $0.deadline <= now }
        }
        if heldUntil <= now { letGo(now, turn, &look) }
        look.next = nextLook
        return look
    }

    // MARK: Turns

    /// One call of each consumer after the other.
    private mutating func letGo(_ now: Int64, _ turn: (Ticket) -> Turn, _ look: inout Look) {
        var consumers = lines.keys.sorted { ($0.tenant, $0.name) < ($1.tenant, $1.name) }
        if let last = lastServed, let index = consumers.firstIndex(of: last) {
            consumers = Array(consumers[(index + 1)...] + consumers[...index])
        }
        while !consumers.isEmpty, heldUntil <= now {
            consumers.removeAll { consumer in
                guard heldUntil <= now, let ticket = nextTicket(of: consumer, now) else { return true }
                take(ticket, turn(ticket), now, &look)
                return false
            }
        }
    }

    private func nextTicket(of consumer: LimitKey, _ now: Int64) -> Ticket? {
        lines[consumer]?.next(now)
    }

    private mutating func take(_ ticket: Ticket, _ turn: Turn, _ now: Int64, _ look: inout Look) {
        // Not before the next look, whatever `turn` says.
        func held(_ until: Int64?) -> Int64 { until.map { max($0, now + 1) } ?? .max }
        switch turn {
        case .goes:
            look.going.append(ticket)
            lines[ticket.consumer]?.serve(ticket)
            count -= 1
            lastServed = ticket.consumer
            forgetIfEmpty(ticket.consumer)
        case .userMustWait(let until): lines[ticket.consumer]?.hold(ticket, until: held(until))
        case .consumerMustWait(let until): lines[ticket.consumer]?.heldUntil = held(until)
        case .allMustWait(let until): heldUntil = held(until)
        }
    }

    private mutating func remove(from consumer: LimitKey, where isGone: (Ticket) -> Bool) -> [Ticket] {
        let gone = lines[consumer]?.remove(where: isGone) ?? []
        count -= gone.count
        forgetIfEmpty(consumer)
        return gone
    }

    private mutating func forgetIfEmpty(_ consumer: LimitKey) {
        if lines[consumer]?.isEmpty ?? false { lines[consumer] = nil }
    }

    private var nextLook: Int64? {
        let deadline = lines.values.compactMap(\.earliestDeadline).min()
        let turn = heldUntil == .max ? nil : lines.values.compactMap(\.nextLook).min().map { max($0, heldUntil) }
        return [deadline, turn].compactMap { $0 }.min()
    }
}
