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
    var heldUntil: Int64 = .min {
        didSet { isStale = true }
    }
    private(set) var count = 0

    /// When to look again, if nothing ends before, and the first deadline: of the last `renew`, or earlier than they are.
    private(set) var nextTurn: Int64 = .min
    private(set) var earliestDeadline: Int64 = .min
    private var isStale = true

    /// Whether a home user here, or the whole line, may wait for the end of any call. Its own calls' ends are not meant.
    private(set) var awaitsEnd = false

    var isEmpty: Bool { count == 0 }

    func isDue(_ now: Int64) -> Bool { min(nextTurn, earliestDeadline) <= now }

    /// Looks up when the next look is worth while, if that may have changed.
    mutating func renew() {
        guard isStale else { return }
        isStale = false
        nextTurn = heldUntil == .max ? .max : max(heldUntil, min(interactive.nextTurn, batch.nextTurn))
        earliestDeadline = min(interactive.earliestDeadline, batch.earliestDeadline)
    }

    /// Something may go.
    private mutating func lookAgain() {
        isStale = true
        nextTurn = .min
    }

    mutating func append(_ ticket: Ticket) {
        count += 1
        earliestDeadline = min(earliestDeadline, ticket.deadline)
        lookAgain()
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
        isStale = true
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
    mutating func hold(_ ticket: Ticket, until time: Int64, ofOwnCall: Bool = false) {
        isStale = true
        if time == .max, !ofOwnCall { awaitsEnd = true }
        switch ticket.priority {
        case .interactive: interactive.hold(ticket.homeUser, until: time, ofOwnCall: ofOwnCall)
        case .batch: batch.hold(ticket.homeUser, until: time, ofOwnCall: ofOwnCall)
        }
    }

    mutating func hold(until time: Int64) {
        heldUntil = time
        if time == .max { awaitsEnd = true }
    }

    /// For those that wait for any call's end.
    mutating func callEnded() {
        guard awaitsEnd else { return }
        awaitsEnd = false
        if heldUntil == .max { heldUntil = .min }
        interactive.callEnded()
        batch.callEnded()
        lookAgain()
    }

    /// For the home user whose call it was. False if it waits for no end.
    mutating func callEnded(of homeUser: LimitKey) -> Bool {
        let (first, second) = (interactive.callEnded(of: homeUser), batch.callEnded(of: homeUser))
        if first || second { lookAgain() }
        return first || second
    }

    mutating func remove(where isGone: (Ticket) -> Bool) -> [Ticket] {
        let gone = interactive.remove(where: isGone) + batch.remove(where: isGone)
        count -= gone.count
        if !gone.isEmpty { isStale = true }
        return gone
    }

    mutating func release() {
        heldUntil = .min
        awaitsEnd = false
        interactive.release()
        batch.release()
        lookAgain()
    }

    /// False if it has no ticket here.
    mutating func release(_ homeUser: LimitKey) -> Bool {
        let (first, second) = (interactive.hold(homeUser, until: .min), batch.hold(homeUser, until: .min))
        if first || second { lookAgain() }
        return first || second
    }
}

/// Who makes way when there is no room.
extension WaitingLine {
    func contains(homeUser: LimitKey) -> Bool { count(of: homeUser) > 0 }

    func count(of homeUser: LimitKey) -> Int { interactive.count(of: homeUser) + batch.count(of: homeUser) }

    func interactiveCount(of homeUser: LimitKey) -> Int { interactive.count(of: homeUser) }

    func newestOfBatch(of homeUser: LimitKey) -> Ticket? { batch.newest(of: homeUser) }

    typealias Largest = (count: Int, newest: Ticket)

    /// The home user that has most tickets here: how many, and its newest one, of batch calls if there are any.
    var largest: Largest? {
        let first = Self.largest(batch) { $0.tickets.count + interactive.count(of: $0.key) }
        // Who has batch calls as well was among those.
        guard let second = Self.largest(interactive, by: { $0.tickets.count }) else { return first }
        guard let first, first.count >= second.count else { return second }
        return first
    }

    /// Likewise of batch calls alone.
    var largestOfBatch: Largest? { Self.largest(batch) { $0.tickets.count } }

    private static func largest(_ users: WaitingUsers, by count: (WaitingUsers.User) -> Int) -> Largest? {
        var best: (count: Int, index: Int)?
        for (index, user) in users.users.enumerated() {
            let count = count(user)
            if count > best?.count ?? 0 { best = (count, index) }
        }
        return best.flatMap { best in users.users[best.index].tickets.last.map { (best.count, $0) } }
    }
}
