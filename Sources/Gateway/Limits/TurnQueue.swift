// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import RateLimits

/// The waiting room with those who wait in it.
struct TurnQueue: Sendable {
    struct Waiter: Sendable {
        var request: LimitRequest

        /// What it met when it was last tried.
        var obstacle: TurnObstacle
        let eventLoop: any EventLoop
        let completion: Turnstile.Completion

        func end(_ result: Result<Passage, GatewayError>) {
            eventLoop.execute { completion(result) }
        }
    }

    enum Attempt: Sendable {
        case through(Passage)
        case blocked(TurnObstacle)
    }

    struct Look: Sendable {
        var going: [(waiter: Waiter, ticket: Ticket, passage: Passage)] = []
        var expired: [(waiter: Waiter, ticket: Ticket)] = []

        /// To be told after the lock.
        var shadowed: ShadowNotes = []

        /// A timer that has to be started.
        var timer: (time: Int64, eventLoop: any EventLoop)?
    }

    var room: WaitingRoom
    private var waiters: [UInt64: (waiter: Waiter, ticket: Ticket)] = [:]
    private var lastTicket: UInt64 = 0

    /// The timers that run, earliest first.
    private var timers: [Int64] = []

    init(_ limits: WaitingRoom.Limits) {
        room = WaitingRoom(limits)
    }

    /// A tenant's calls for nobody wait in a line of their own.
    private static func consumer(of subjects: LimitSubjects) -> LimitKey {
        subjects.consumer?.key ?? LimitKey(.consumer, tenant: subjects.tenant?.key.tenant ?? "", name: "")
    }

    private static func homeUser(of subjects: LimitSubjects) -> LimitKey {
        subjects.homeUser?.key ?? subjects.caller?.key ?? LimitKey(.homeUser, tenant: "", name: "")
    }

    struct Joining: Sendable {
        let ticket: Ticket

        /// Who had to make way.
        let displaced: (waiter: Waiter, ticket: Ticket)?
    }

    /// Nil when there is no room.
    mutating func join(_ waiter: Waiter, now: Int64, deadline: Int64) -> Joining? {
        let subjects = waiter.request.subjects
        let ticket = Ticket(
            identifier: lastTicket + 1, homeUser: Self.homeUser(of: subjects), consumer: Self.consumer(of: subjects),
            priority: waiter.request.priority, arrived: now, deadline: deadline)
        var displaced: (waiter: Waiter, ticket: Ticket)?
        switch room.arrive(ticket) {
        case .noRoom: return nil
        case .displaces(let other): displaced = waiters.removeValue(forKey: other.identifier)
        case .waits: break
        }
        lastTicket += 1
        var waiter = waiter
        // Once it is its turn, nobody is overtaken.
        waiter.request.mayOvertake = true
        waiters[lastTicket] = (waiter, ticket)
        return Joining(ticket: ticket, displaced: displaced)
    }

    func isEmpty(for subjects: LimitSubjects) -> Bool { room.count(of: Self.consumer(of: subjects)) == 0 }

    /// Its calls are looked at again, whatever held them.
    mutating func release(homeUserOf subjects: LimitSubjects) {
        room.release(Self.homeUser(of: subjects))
    }

    /// Those that waited for just that are looked at again.
    mutating func callEnded(of subjects: LimitSubjects) {
        let tenant = Self.consumer(of: subjects).tenant
        room.callEnded(of: Self.homeUser(of: subjects), in: tenant.isEmpty ? nil : tenant)
    }

    mutating func giveUp(_ ticket: Ticket) -> Waiter? {
        guard room.cancel(ticket.identifier, of: ticket.consumer) else { return nil }
        return waiters.removeValue(forKey: ticket.identifier)?.waiter
    }

    mutating func reconsider(_ renew: (LimitSubjects) -> LimitSubjects) {
        for (identifier, entry) in waiters {
            waiters[identifier]?.waiter.request.subjects = renew(entry.waiter.request.subjects)
        }
        room.reconsider()
    }

    mutating func close() -> [Waiter] {
        defer {
            room = WaitingRoom(WaitingRoom.Limits(perConsumer: 0, total: 0))
            waiters = [:]
        }
        return waiters.values.map(\.waiter)
    }

    /// Takes out those whose turn, as far as can be told, comes after `time` only.
    mutating func giveUp(turnsAfter time: Int64, now: Int64) -> [Waiter] {
        waiters.values.filter { ($0.waiter.obstacle.turn(now: now).until ?? now) > time }.compactMap {
            giveUp($0.ticket)
        }
    }

    var earliestArrival: Int64? { waiters.values.map(\.ticket.arrived).min() }

    mutating func timerFired(_ time: Int64) {
        timers.removeAll { $0 <= time }
    }

    /// Lets go whom `attempt` lets through.
    mutating func look(_ now: Int64, attempt: (LimitRequest) -> Attempt) -> Look {
        // Taken out meanwhile, so that nothing is copied.
        var waiters: [UInt64: (waiter: Waiter, ticket: Ticket)] = [:]
        swap(&waiters, &self.waiters)
        defer { swap(&waiters, &self.waiters) }
        var passages: [UInt64: Passage] = [:]
        let seen = room.look(now) { ticket in
            guard let request = waiters[ticket.identifier]?.waiter.request else { return .userMustWait(until: nil) }
            switch attempt(request) {
            case .through(let passage):
                passages[ticket.identifier] = passage
                return .goes
            case .blocked(let obstacle):
                waiters[ticket.identifier]?.waiter.obstacle = obstacle
                return obstacle.turn(now: now)
            }
        }
        var look = Look()
        for ticket in seen.going {
            guard let entry = waiters.removeValue(forKey: ticket.identifier), let passage = passages[ticket.identifier]
            else { continue }
            look.going.append((entry.waiter, ticket, passage))
        }
        for ticket in seen.expired {
            guard let entry = waiters.removeValue(forKey: ticket.identifier) else { continue }
            look.expired.append((entry.waiter, ticket))
        }
        look.timer = timer(for: seen.next, waiters)
        return look
    }

    private mutating func timer(
        for time: Int64?, _ waiters: [UInt64: (waiter: Waiter, ticket: Ticket)]
    ) -> (Int64, any EventLoop)? {
        guard let time, timers.first.map({ time < $0 }) ?? true, let any = waiters.values.first else { return nil }
        timers.insert(time, at: 0)
        return (time, any.waiter.eventLoop)
    }
}
