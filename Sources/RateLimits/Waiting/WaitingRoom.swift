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
    private(set) var lines: [LimitKey: WaitingLine] = [:]

    /// No turn for anybody before; `.max` for until any call ends.
    private var heldUntil: Int64 = .min

    /// So that no consumer is always asked first.
    private var lastServed: LimitKey?
    package private(set) var count = 0

    /// Tickets of each home user and of each tenant that has any.
    private var users: [LimitKey: Int] = [:]
    private(set) var tenants: [String: Int] = [:]

    /// Before that no look brings anything, except for the lines of `changed`; may be too early. So a call that comes while
    /// thousands wait costs what it would without them.
    private var nextLook: Int64 = .max

    /// Lines that a look may find something new in, whatever the time.
    private var changed: Set<LimitKey> = []

    /// Lines with somebody who waits for any call's end.
    private var awaitingEnd: Set<LimitKey> = []

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

        /// The ticket of somebody who has more of them, or a batch call of the newcomer's own user, was taken out for it.
        case displaces(Ticket)
        case noRoom
    }

    /// When there is no room `whoMakesWay` says who loses a ticket.
    package mutating func arrive(_ ticket: Ticket) -> Arrival {
        var displaced: Ticket?
        let isLineFull = count(of: ticket.consumer) >= limits.perConsumer
        if isLineFull || count >= limits.total {
            guard let other = whoMakesWay(for: ticket, isLineFull: isLineFull),
                cancel(other.identifier, of: other.consumer)
            else { return .noRoom }
            displaced = other
        }
        lines[ticket.consumer, default: WaitingLine()].append(ticket)
        changed.insert(ticket.consumer)
        note(ticket, 1)
        return displaced.map(Arrival.displaces) ?? .waits
    }

    /// The caller has gone away. False if the ticket is not here.
    package mutating func cancel(_ identifier: UInt64, of consumer: LimitKey) -> Bool {
        !remove(from: consumer) { $0.identifier == identifier }.isEmpty
    }

    /// A call has ended: those that wait for just that are looked at again.
    ///
    /// - Parameters:
    ///   - homeUser: whose call it was.
    ///   - tenant: likewise; nil means that it may have been anybody's. No limit is about several tenants, but one
    ///     consumer's credential may be known to several.
    package mutating func callEnded(of homeUser: LimitKey? = nil, in tenant: String? = nil) {
        if heldUntil == .max {
            heldUntil = .min
            nextLook = .min
        }
        for consumer in awaitingEnd
        where tenant == nil || consumer.tenant == tenant || lines[consumer]?.heldUntil == .max {
            lines[consumer]?.callEnded()
            changed.insert(consumer)
            awaitingEnd.remove(consumer)
        }
        guard let homeUser else { return }
        for consumer in consumers(of: homeUser) where lines[consumer]?.callEnded(of: homeUser) ?? false {
            changed.insert(consumer)
        }
    }

    /// Everybody is looked at again: limits have changed.
    package mutating func reconsider() {
        (heldUntil, nextLook, awaitingEnd) = (.min, .min, [])
        for consumer in Array(lines.keys) { lines[consumer]?.release() }
    }

    /// One home user is looked at again: a later call of it is about to be tried, and must not overtake.
    package mutating func release(_ homeUser: LimitKey) {
        for consumer in consumers(of: homeUser) where lines[consumer]?.release(homeUser) ?? false {
            changed.insert(consumer)
        }
    }

    /// For which its calls wait: hardly ever several.
    private func consumers(of homeUser: LimitKey) -> [LimitKey] {
        guard users[homeUser] != nil else { return [] }
        return lines.compactMap { $0.value.contains(homeUser: homeUser) ? $0.key : nil }
    }

    /// Tells whose time is up and lets go whom `turn` lets go. `turn` counts a call that goes.
    package mutating func look(_ now: Int64, turn: (Ticket) -> Turn) -> Look {
        let isDue = nextLook <= now
        guard isDue || !changed.isEmpty else { return Look(next: isEmpty ? nil : nextLook) }
        let consumers = isDue ? lines.filter { $0.value.isDue(now) }.map(\.key) : Array(changed)
        changed.removeAll(keepingCapacity: true)
        var look = Look()
        for consumer in consumers where lines[consumer].map({ $0.earliestDeadline <= now }) ?? false {
            look.expired += remove(from: consumer) { $0.deadline <= now }
        }
        if heldUntil <= now { letGo(consumers, now, turn, &look) }
        for consumer in consumers { lines[consumer]?.renew() }
        nextLook = isDue ? whenToLook(lines.values) : min(nextLook, whenToLook(consumers.compactMap { lines[$0] }))
        look.next = isEmpty ? nil : nextLook
        return look
    }

    private func whenToLook(_ lines: some Sequence<WaitingLine>) -> Int64 {
        var (deadline, turn) = (Int64.max, Int64.max)
        for line in lines {
            deadline = min(deadline, line.earliestDeadline)
            turn = min(turn, line.nextTurn)
        }
        return min(deadline, max(turn, heldUntil))
    }

    // MARK: Turns

    /// One call of each consumer after the other.
    private mutating func letGo(
        _ consumers: [LimitKey], _ now: Int64, _ turn: (Ticket) -> Turn, _ look: inout Look
    ) {
        func isBefore(_ first: LimitKey, _ second: LimitKey) -> Bool {
            (first.tenant, first.name) < (second.tenant, second.name)
        }
        var consumers = consumers.sorted(by: isBefore)
        if let last = lastServed, let start = consumers.firstIndex(where: { isBefore(last, $0) }) {
            consumers = Array(consumers[start...] + consumers[..<start])
        }
        while !consumers.isEmpty, heldUntil <= now {
            consumers.removeAll { consumer in
                guard heldUntil <= now, let ticket = lines[consumer]?.next(now) else { return true }
                take(ticket, turn(ticket), now, &look)
                return false
            }
        }
    }

    private mutating func take(_ ticket: Ticket, _ turn: Turn, _ now: Int64, _ look: inout Look) {
        // Not before the next look, whatever `turn` says.
        func held(_ until: Int64?) -> Int64 { until.map { max($0, now + 1) } ?? .max }
        switch turn {
        case .goes:
            look.going.append(ticket)
            lines[ticket.consumer]?.serve(ticket)
            note(ticket, -1)
            lastServed = ticket.consumer
            forgetIfEmpty(ticket.consumer)
        case .userMustWait(let until): lines[ticket.consumer]?.hold(ticket, until: held(until))
        case .userMustEndOne: lines[ticket.consumer]?.hold(ticket, until: .max, ofOwnCall: true)
        case .consumerMustWait(let until): lines[ticket.consumer]?.hold(until: held(until))
        case .allMustWait(let until): heldUntil = held(until)
        }
        if lines[ticket.consumer]?.awaitsEnd ?? false { awaitingEnd.insert(ticket.consumer) }
    }

    private mutating func remove(from consumer: LimitKey, where isGone: (Ticket) -> Bool) -> [Ticket] {
        let gone = lines[consumer]?.remove(where: isGone) ?? []
        for ticket in gone { note(ticket, -1) }
        forgetIfEmpty(consumer)
        return gone
    }

    private mutating func note(_ ticket: Ticket, _ change: Int) {
        count += change
        // A hold is of those who wait: with nobody here, nobody would let go of it.
        if count == 0 { heldUntil = .min }
        users[ticket.homeUser, default: 0] += change
        if users[ticket.homeUser] == 0 { users[ticket.homeUser] = nil }
        tenants[ticket.consumer.tenant, default: 0] += change
        if tenants[ticket.consumer.tenant] == 0 { tenants[ticket.consumer.tenant] = nil }
    }

    private mutating func forgetIfEmpty(_ consumer: LimitKey) {
        guard lines[consumer]?.isEmpty ?? false else { return }
        lines[consumer] = nil
        awaitingEnd.remove(consumer)
    }
}
