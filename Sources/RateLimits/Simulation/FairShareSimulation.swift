// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Home users of one consumer who ask for more than its limit, second by second. The same seed gives the same run.
package struct FairShareSimulation: Sendable {
    package struct User: Sendable {
        package let name: String

        /// Calls that it asks for in a thousand seconds.
        package let callsPerThousandSeconds: Int
        package let priority: CallPriority

        /// Seconds in which it calls; nil for all.
        package let active: Range<Int>?

        package init(
            _ name: String, callsPerThousandSeconds: Int, priority: CallPriority = .interactive,
            active: Range<Int>? = nil
        ) {
            self.name = name
            self.callsPerThousandSeconds = callsPerThousandSeconds
            self.priority = priority
            self.active = active
        }
    }

    package struct Outcome: Sendable, Equatable {
        /// By user, in their order.
        package var asked: [Int]
        package var went: [Int]

        /// Calls that went, by second and user.
        package var seconds: [[Int]]
    }

    package var users: [User]
    package var consumer: LimitPolicy

    /// Seconds.
    package var duration: Int
    package var isFair = true

    /// Nanoseconds that a call waits for its turn; 0: it is refused at once.
    package var patience: Int64 = 0

    package init(users: [User], consumer: LimitPolicy, duration: Int) {
        self.users = users
        self.consumer = consumer
        self.duration = duration
    }

    package func run(_ chance: inout some RandomNumberGenerator) -> Outcome {
        var run = Run(self)
        var next = users.map { gap($0, &chance) }
        let end = Int64(duration) * LimitTime.second
        while let user = next.indices.min(by: { next[$0] < next[$1] }), next[user] < end {
            let second = Int(next[user] / LimitTime.second)
            if users[user].active?.contains(second) ?? true { run.arrive(user, at: next[user]) }
            next[user] += gap(users[user], &chance)
        }
        run.look(until: end)
        return run.outcome
    }

    /// Until a user's next call: between nothing and twice the mean.
    private func gap(_ user: User, _ chance: inout some RandomNumberGenerator) -> Int64 {
        let mean = 1000 * LimitTime.second / Int64(max(1, user.callsPerThousandSeconds))
        return Int64.random(in: 1...(2 * mean), using: &chance)
    }
}

extension FairShareSimulation {
    /// One run: the limiter, and the waiting room in front of it.
    private struct Run {
        let simulation: FairShareSimulation
        let limiter: Limiter
        let subjects: [LimitSubjects]
        let consumer: LimitKey
        var outcome: Outcome
        var room = WaitingRoom(WaitingRoom.Limits(perConsumer: 512, total: 512))
        var waiting: [UInt64: Int] = [:]
        var tickets: UInt64 = 0
        var nextLook: Int64?

        init(_ simulation: FairShareSimulation) {
            self.simulation = simulation
            limiter = Limiter(fairShare: simulation.isFair)
            consumer = LimitKey(.consumer, tenant: "t", name: "c")
            let subject = LimitSubject(consumer, simulation.consumer)
            subjects = simulation.users.map { user in
                let key = LimitKey(.homeUser, tenant: "t", name: user.name)
                return LimitSubjects(homeUser: LimitSubject(key, .unlimited), consumer: subject)
            }
            let none = simulation.users.map { _ in 0 }
            outcome = Outcome(
                asked: none, went: none, seconds: Array(repeating: none, count: max(1, simulation.duration)))
        }

        mutating func arrive(_ user: Int, at now: Int64) {
            look(until: now)
            outcome.asked[user] += 1
            let key = LimitKey(.homeUser, tenant: "t", name: simulation.users[user].name)
            if !room.contains(homeUser: key, of: consumer), tryNow(user, now, mayOvertake: room.isEmpty).isAdmitted {
                return
            }
            guard simulation.patience > 0 else { return }
            tickets += 1
            let ticket = Ticket(
                identifier: tickets, homeUser: key, consumer: consumer, priority: simulation.users[user].priority,
                arrived: now, deadline: now + simulation.patience)
            switch room.arrive(ticket) {
            case .noRoom: return
            case .displaces(let other): waiting[other.identifier] = nil
            case .waits: break
            }
            waiting[tickets] = user
            look(now)
        }

        /// Every look that is due before `time`.
        mutating func look(until time: Int64) {
            while let next = nextLook, next <= time { look(next) }
        }

        private mutating func look(_ now: Int64) {
            var room = room
            let look = room.look(now) { ticket in
                guard let user = waiting[ticket.identifier] else { return .userMustWait(until: nil) }
                return Turn(tryNow(user, now, mayOvertake: true), now: now)
            }
            self.room = room
            for ticket in look.going + look.expired { waiting[ticket.identifier] = nil }
            nextLook = look.next
        }

        private mutating func tryNow(_ user: Int, _ now: Int64, mayOvertake: Bool) -> LimitDecision {
            let decision = limiter.admit(
                LimitRequest(
                    subjects[user], priority: simulation.users[user].priority, mayOvertake: mayOvertake), now: now)
            if decision.isAdmitted {
                limiter.release(subjects[user], taken: decision.taken)
                outcome.went[user] += 1
                outcome.seconds[min(Int(now / LimitTime.second), outcome.seconds.count - 1)][user] += 1
            }
            return decision
        }
    }
}
