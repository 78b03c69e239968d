// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The tickets of one consumer and one priority: home users take turns, each user's tickets keep their order.
///
/// This is deficit round robin (Shreedhar and Varghese, 1995) with calls of one size: a quantum of one call leaves no deficit.
struct WaitingUsers {
    struct User {
        let key: LimitKey
        var tickets: [Ticket]

        /// No turn before; `.max` for until a call ends.
        var heldUntil: Int64 = .min

        /// Of those held until a call ends: it has to be one of their own.
        var awaitsOwnCall = false

        mutating func hold(until time: Int64, ofOwnCall: Bool = false) {
            heldUntil = time
            awaitsOwnCall = ofOwnCall
        }
    }

    /// The one whose turn is next comes first.
    private(set) var users: [User] = []

    /// Tickets of each: most questions are about one that has none.
    private var counts: [LimitKey: Int] = [:]

    var isEmpty: Bool { users.isEmpty }

    func count(of homeUser: LimitKey) -> Int { counts[homeUser] ?? 0 }

    private func index(of homeUser: LimitKey) -> Int? {
        counts[homeUser] == nil ? nil : users.firstIndex { $0.key == homeUser }
    }

    func newest(of homeUser: LimitKey) -> Ticket? { index(of: homeUser).flatMap { users[$0].tickets.last } }

    mutating func append(_ ticket: Ticket) {
        defer { counts[ticket.homeUser, default: 0] += 1 }
        if let index = index(of: ticket.homeUser) {
            users[index].tickets.append(ticket)
        } else {
            users.append(User(key: ticket.homeUser, tickets: [ticket]))
        }
    }

    /// The next ticket that may be tried.
    func next(_ now: Int64) -> Ticket? {
        users.first { $0.heldUntil <= now }?.tickets.first
    }

    /// Takes out the first ticket of its user, whose next turn then comes after everybody else's.
    mutating func serve(_ ticket: Ticket) {
        guard let index = index(of: ticket.homeUser) else { return }
        var user = users.remove(at: index)
        user.tickets.removeFirst()
        counts[user.key] = user.tickets.isEmpty ? nil : user.tickets.count
        if !user.tickets.isEmpty { users.append(user) }
    }

    /// False if it has no ticket.
    @discardableResult
    mutating func hold(_ homeUser: LimitKey, until time: Int64, ofOwnCall: Bool = false) -> Bool {
        guard let index = index(of: homeUser) else { return false }
        users[index].hold(until: time, ofOwnCall: ofOwnCall)
        return true
    }

    mutating func release() {
        for index in users.indices { users[index].hold(until: .min) }
    }

    /// Those that wait for any call's end.
    mutating func callEnded() {
        for index in users.indices where users[index].heldUntil == .max && !users[index].awaitsOwnCall {
            users[index].hold(until: .min)
        }
    }

    /// False if the user waits for no end.
    mutating func callEnded(of homeUser: LimitKey) -> Bool {
        guard let index = index(of: homeUser), users[index].heldUntil == .max else { return false }
        users[index].hold(until: .min)
        return true
    }

    /// All that are gone.
    mutating func remove(where isGone: (Ticket) -> Bool) -> [Ticket] {
        var gone: [Ticket] = []
        for index in users.indices where users[index].tickets.contains(where: isGone) {
            gone += users[index].tickets.filter(isGone)
            users[index].tickets.removeAll(where: isGone)
            let left = users[index].tickets.count
            counts[users[index].key] = left == 0 ? nil : left
        }
        if !gone.isEmpty { users.removeAll { $0.tickets.isEmpty } }
        return gone
    }
}

extension WaitingUsers {
    /// When to look again, if nothing ends before; `.max` for never.
    var nextTurn: Int64 {
        var next = Int64.max
        for user in users { next = min(next, user.heldUntil) }
        return next
    }

    /// Of all that wait; `.max` for none.
    var earliestDeadline: Int64 {
        var earliest = Int64.max
        for user in users {
            for ticket in user.tickets { earliest = min(earliest, ticket.deadline) }
        }
        return earliest
    }
}
