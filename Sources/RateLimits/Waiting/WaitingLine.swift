// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The tickets of one consumer. Interactive ones go first; one turn in ten is a batch call's while any waits.
struct WaitingLine {
    /// Turns of interactive calls for one of a batch call that waits beside them.
    static let interactiveTurns = 9

    private var interactive = WaitingUsers()
    private var batch = WaitingUsers()

    /// Interactive turns since the last batch one, while batch calls wait.
    private var turnsSinceBatch = 0

    /// No turn before; `.max` for until a call ends.
    var heldUntil: Int64 = .min
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ ticket: Ticket) {
        count += 1
        switch ticket.priority {
        case .interactive: interactive.append(ticket)
        case .batch: batch.append(ticket)
        }
    }

    func next(_ now: Int64) -> Ticket? {
        guard heldUntil <= now else { return nil }
        let (first, second) = (interactive.next(now), batch.next(now))
        return turnsSinceBatch >= Self.interactiveTurns ? second ?? first : first ?? second
    }

    mutating func serve(_ ticket: Ticket) {
        count -= 1
        switch ticket.priority {
        case .interactive:
            interactive.serve(ticket)
            turnsSinceBatch = batch.isEmpty ? 0 : turnsSinceBatch + 1
        case .batch:
            batch.serve(ticket)
            turnsSinceBatch = 0
        }
    }

    /// What holds a batch call may leave room for an interactive one of the same user.
    mutating func hold(_ ticket: Ticket, until time: Int64) {
        switch ticket.priority {
        case .interactive: interactive.hold(ticket.homeUser, until: time)
        case .batch: batch.hold(ticket.homeUser, until: time)
        }
    }

    mutating func callEnded() {
        if heldUntil == .max { heldUntil = .min }
        interactive.callEnded()
        batch.callEnded()
    }

    mutating func remove(where isGone: (Ticket) -> Bool) -> [Ticket] {
        let gone = interactive.remove(where: isGone) + batch.remove(where: isGone)
        count -= gone.count
        return gone
    }

    func contains(homeUser: LimitKey) -> Bool {
        interactive.users.contains { $0.key == homeUser } || batch.users.contains { $0.key == homeUser }
    }

    func count(of homeUser: LimitKey) -> Int { interactive.count(of: homeUser) + batch.count(of: homeUser) }

    typealias Largest = (count: Int, newest: Ticket)

    /// The home user that has most tickets here: how many, and its newest one, of batch calls if there are any.
    var largest: Largest? {
        var counts: [LimitKey: Int] = [:]
        for user in batch.users + interactive.users { counts[user.key, default: 0] += user.tickets.count }
        let newest = (batch.users + interactive.users).compactMap(\.tickets.last)
        return newest.map { (counts[$0.homeUser] ?? 0, $0) }.max { $0.0 < $1.0 }
    }

    /// Likewise of batch calls alone.
    var largestOfBatch: Largest? {
        batch.users.compactMap { user in user.tickets.last.map { (user.tickets.count, $0) } }.max { $0.0 < $1.0 }
    }

    mutating func release() {
        heldUntil = .min
        interactive.release()
        batch.release()
    }

    mutating func release(_ homeUser: LimitKey) {
        interactive.hold(homeUser, until: .min)
        batch.hold(homeUser, until: .min)
    }

    /// When to look again, if nothing ends before; nil for never.
    var nextLook: Int64? {
        guard heldUntil != .max else { return nil }
        return [interactive.nextLook, batch.nextLook].compactMap { $0 }.min().map { max($0, heldUntil) }
    }
}

extension WaitingLine {
    /// Of all that wait.
    var earliestDeadline: Int64? {
        [interactive.earliestDeadline, batch.earliestDeadline].compactMap { $0 }.min()
    }
}
