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
    }

    /// The one whose turn is next comes first.
    private(set) var users: [User] = []

    var isEmpty: Bool { users.isEmpty }

    func count(of homeUser: LimitKey) -> Int { users.first { $0.key == homeUser }?.tickets.count ?? 0 }

    mutating func append(_ ticket: Ticket) {
        if let index = users.firstIndex(where: { $0.key == ticket.homeUser }) {
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
        guard let index = users.firstIndex(where: { $0.key == ticket.homeUser }) else { return }
        var user = users.remove(at: index)
        user.tickets.removeFirst()
        if !user.tickets.isEmpty { users.append(user) }
    }

    mutating func hold(_ homeUser: LimitKey, until time: Int64) {
        guard let index = users.firstIndex(where: { $0.key == homeUser }) else { return }
        users[index].heldUntil = time
    }

    mutating func release() {
        for index in users.indices { users[index].heldUntil = .min }
    }

    mutating func callEnded() {
        for index in users.indices where users[index].heldUntil == .max { users[index].heldUntil = .min }
    }

    /// All that are gone.
    mutating func remove(where isGone: (Ticket) -> Bool) -> [Ticket] {
        var gone: [Ticket] = []
        for index in users.indices {
            gone += users[index].tickets.filter(isGone)
            users[index].tickets.removeAll(where: isGone)
        }
        users.removeAll { $0.tickets.isEmpty }
        return gone
    }

    /// When to look again, if nothing ends before; nil for never.
    var nextLook: Int64? {
        users.lazy.map(\.heldUntil).filter { $0 != .max }.min()
    }
}

extension WaitingUsers {
    /// Of all that wait.
    var earliestDeadline: Int64? {
        users.lazy.flatMap(\.tickets).map(\.deadline).min()
    }
}
