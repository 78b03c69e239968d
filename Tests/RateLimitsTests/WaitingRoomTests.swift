// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct WaitingRoomTests {
    private let main = key(.consumer, "main")
    private let spare = key(.consumer, "spare")

    private func ticket(
        _ identifier: UInt64, _ user: String, _ priority: CallPriority = .interactive, of consumer: LimitKey? = nil,
        deadline: Int64 = 100 * second
    ) -> Ticket {
        Ticket(
            identifier: identifier, homeUser: key(.homeUser, user), consumer: consumer ?? main, priority: priority,
            arrived: 0, deadline: deadline)
    }

    private func room(_ tickets: [Ticket], _ limits: WaitingRoom.Limits = WaitingRoom.Limits()) -> WaitingRoom {
        var room = WaitingRoom(limits)
        for ticket in tickets {
            let answer1 = room.arrive(ticket)
            #expect(answer1 == .waits)
        }
        return room
    }

    /// Lets `places` calls go, then holds up the consumer.
    private func going(_ room: inout WaitingRoom, places: Int, now: Int64 = 0) -> [UInt64] {
        var left = places
        return room.look(now) { _ in
            left -= 1
            return left >= 0 ? .goes : .consumerMustWait(until: now + second)
        }.going.map(\.identifier)
    }

    @Test func usersTakeTurnsAndKeepTheirOwnOrder() {
        var room = room([ticket(1, "a"), ticket(2, "a"), ticket(3, "a"), ticket(4, "b"), ticket(5, "c")])
        #expect(going(&room, places: 3) == [1, 4, 5])
        #expect(going(&room, places: 2, now: second) == [2, 3])
        #expect(room.isEmpty)
    }

    @Test func interactiveGoesFirstAndOneTurnInTenIsBatch() {
        let tickets = (1...40).map { ticket(UInt64($0), "i\($0)") } + (41...45).map { ticket(UInt64($0), "b", .batch) }
        var room = room(tickets)
        let order = going(&room, places: 45)
        #expect(order.firstIndex(of: 41) == 9)
        #expect(order.firstIndex(of: 42) == 19)
        #expect(order.count == 45)
    }

    @Test func oneUserHeldUpHoldsUpNobodyElse() {
        var room = room([ticket(1, "a"), ticket(2, "b"), ticket(3, "a")])
        let look = room.look(0) { $0.homeUser.name == "a" ? .userMustWait(until: 5 * second) : .goes }
        #expect(look.going.map(\.identifier) == [2])
        #expect(look.next == 5 * second)
        var asked = 0
        _ = room.look(second) { _ in
            asked += 1
            return .goes
        }
        #expect(asked == 0, "nobody asks before the time")
        let answer2 = room.look(5 * second) { _ in .goes }.going.map(\.identifier)
        #expect(answer2 == [1, 3])
    }

    @Test func oneConsumerHeldUpHoldsUpNoOther() {
        var room = room([ticket(1, "a"), ticket(2, "b", of: spare), ticket(3, "b")])
        let look = room.look(0) { $0.consumer == main ? .consumerMustWait(until: nil) : .goes }
        #expect(look.going.map(\.identifier) == [2])
        #expect(look.next == 100 * second, "only a deadline is left to look for")
        room.callEnded()
        let answer3 = room.look(1) { _ in .goes }.going.map(\.identifier)
        #expect(answer3 == [1, 3])
    }

    @Test func consumersTakeTurns() {
        let tickets = (1...6).map { ticket(UInt64($0), "u\($0)", of: $0 % 2 == 0 ? spare : main) }
        var room = room(tickets)
        var left = 3
        let look = room.look(0) { _ in
            left -= 1
            return left >= 0 ? .goes : .allMustWait(until: second)
        }
        #expect(look.going.map(\.identifier) == [1, 2, 3])
        #expect(look.next == second)
        let answer4 = room.look(second) { _ in .goes }.going.map(\.identifier)
        #expect(answer4 == [4, 5, 6])
    }

    @Test func deadlinesAreKept() {
        var room = room([ticket(1, "a", deadline: 3 * second), ticket(2, "b", deadline: 7 * second)])
        let first = room.look(second) { _ in .consumerMustWait(until: 5 * second) }
        #expect(first.next == 3 * second)
        let later = room.look(3_000_000_000) { _ in .goes }
        #expect(later.expired.map(\.identifier) == [1])
        #expect(later.going.isEmpty && later.next == 5_000_000_000)
        let answer5 = room.look(5_000_000_000) { _ in .goes }.going.map(\.identifier)
        #expect(answer5 == [2])
    }

    @Test func thereIsNoRoomForMore() {
        var room = room([ticket(1, "a"), ticket(2, "b")], WaitingRoom.Limits(perConsumer: 2, total: 3))
        let answer6 = room.arrive(ticket(3, "c"))
        #expect(answer6 == .noRoom)
        let answer7 = room.arrive(ticket(4, "c", of: spare))
        #expect(answer7 == .waits)
        let answer8 = room.arrive(ticket(5, "d", of: spare))
        #expect(answer8 == .noRoom)
        #expect(room.count == 3)
    }

    @Test func nobodyFillsTheRoomAlone() {
        let crowd = (1...4).map { ticket(UInt64($0), "a") }
        var room = room(crowd, WaitingRoom.Limits(perConsumer: 4, total: 6))
        let answers = [
            room.arrive(ticket(5, "b")), room.arrive(ticket(6, "b")), room.arrive(ticket(7, "b")),
            room.arrive(ticket(8, "a")), room.arrive(ticket(9, "c")),
        ]
        // Down to an even share, and no further; the newest go first.
        let displaced = [WaitingRoom.Arrival.displaces(crowd[3]), .displaces(crowd[2]), .noRoom, .noRoom]
        #expect(Array(answers.prefix(4)) == displaced)
        #expect([.displaces(crowd[1]), .displaces(ticket(6, "b"))].contains(answers[4]))
        #expect(room.count == 4)
    }

    /// Nor does one consumer what is there for all.
    @Test func oneConsumerMakesWayForAnother() {
        var room = room((1...6).map { ticket(UInt64($0), "a") }, WaitingRoom.Limits(perConsumer: 6, total: 6))
        let answer = room.arrive(ticket(7, "b", of: spare))
        #expect(answer == .displaces(ticket(6, "a")))
        #expect(room.count(of: main) == 5 && room.count(of: spare) == 1)
    }

    @Test func batchMakesWayForInteractive() {
        var room = room(
            [ticket(1, "a", .batch), ticket(2, "b", .batch), ticket(3, "c")],
            WaitingRoom.Limits(perConsumer: 3, total: 9))
        let answers = [room.arrive(ticket(4, "d")), room.arrive(ticket(5, "e")), room.arrive(ticket(6, "f"))]
        #expect(answers == [.displaces(ticket(1, "a", .batch)), .displaces(ticket(2, "b", .batch)), .noRoom])
        let answer = room.arrive(ticket(7, "g", .batch))
        #expect(answer == .noRoom)
    }

    /// What holds a batch call up is not what holds its user's interactive ones up.
    @Test func aBatchCallThatIsHeldHoldsNoInteractiveOne() {
        let tickets = (1...20).map { ticket(UInt64($0), "a") } + (21...23).map { ticket(UInt64($0), "a", .batch) }
        var room = room(tickets)
        var went: [Int64] = []
        for number in 0..<20 {
            let now = Int64(number) * second
            var left = 1
            let look = room.look(now) { ticket -> Turn in
                if ticket.priority == .batch { return .userMustWait(until: 60 * second) }
                left -= 1
                return left >= 0 ? .goes : .userMustWait(until: now + second)
            }
            if look.going.contains(where: { $0.priority == .interactive }) { went.append(now) }
        }
        #expect(went.count == 20)
    }

    @Test func whoGoesAwayGivesThePlaceBack() {
        var room = room([ticket(1, "a"), ticket(2, "a")], WaitingRoom.Limits(perConsumer: 2, total: 2))
        let answer9 = room.cancel(1, of: main)
        #expect(answer9)
        let answer10 = room.cancel(1, of: main)
        #expect(!answer10)
        #expect(room.contains(homeUser: key(.homeUser, "a"), of: main))
        let answer11 = room.arrive(ticket(3, "b"))
        #expect(answer11 == .waits)
        let answer12 = room.look(0) { _ in .goes }.going.map(\.identifier)
        #expect(answer12 == [2, 3])
        #expect(!room.contains(homeUser: key(.homeUser, "a"), of: main))
    }

    @Test func changedLimitsAreLookedAtAgain() {
        var room = room([ticket(1, "a"), ticket(2, "b")])
        _ = room.look(0) { _ in .consumerMustWait(until: 50 * second) }
        room.reconsider()
        let answer13 = room.look(1) { _ in .goes }.going.map(\.identifier)
        #expect(answer13 == [1, 2])
    }

    /// Somebody is always changing something: that must not give the oldest tickets turn after turn.
    @Test func changedLimitsKeepTheOrder() {
        var room = room([ticket(1, "a"), ticket(2, "a"), ticket(3, "b"), ticket(4, "b")])
        var order: [UInt64] = []
        for now in 0..<4 {
            order += going(&room, places: 1, now: Int64(now) * 2 * second)
            room.reconsider()
        }
        #expect(order == [1, 3, 2, 4])
    }

    @Test func aLaterCallOfAUserFindsItsEarlierOnesFirst() {
        var room = room([ticket(1, "a"), ticket(2, "b")])
        _ = room.look(0) { _ in .userMustWait(until: 50 * second) }
        room.release(key(.homeUser, "a"))
        let answer = room.look(1) { _ in .goes }.going.map(\.identifier)
        #expect(answer == [1])
    }

    /// Random arrivals, ends and cancellations: nobody is lost, served twice, or served after the deadline.
    @Test(arguments: 0..<30)
    func everyTicketEndsOnce(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var room = WaitingRoom(WaitingRoom.Limits(perConsumer: 20, total: 30))
        var (open, ended): ([UInt64: Ticket], Set<UInt64>) = ([:], [])
        var (now, number): (Int64, UInt64) = (0, 0)
        for _ in 0..<500 {
            now += Int64(random.next() % UInt64(second))
            number += 1
            let arrival = ticket(
                number, "u\(random.next() % 5)", random.next() % 3 == 0 ? .batch : .interactive,
                of: random.next() % 2 == 0 ? main : spare, deadline: now + Int64(random.next() % 5_000_000_000))
            switch room.arrive(arrival) {
            case .waits: open[number] = arrival
            case .noRoom: break
            case .displaces(let other):
                #expect(open.removeValue(forKey: other.identifier) == other)
                #expect(ended.insert(other.identifier).inserted)
                open[number] = arrival
            }
            if random.next() % 5 == 0, let gone = open.keys.randomElement(using: &random), let ticket = open[gone] {
                let answer14 = room.cancel(gone, of: ticket.consumer)
                #expect(answer14)
                open[gone] = nil
            }
            if random.next() % 4 == 0 { room.callEnded() }
            if random.next() % 4 == 0 { room.callEnded(of: key(.homeUser, "u\(random.next() % 5)"), in: "acme") }
            let look = room.look(now) { _ in
                switch random.next() % 5 {
                case 0: .goes
                case 4: .userMustEndOne
                case 1: .userMustWait(until: random.next() % 2 == 0 ? nil : now + second)
                case 2: .consumerMustWait(until: now)
                default: .allMustWait(until: now + 1)
                }
            }
            for ticket in look.going + look.expired {
                #expect(open.removeValue(forKey: ticket.identifier) == ticket)
                #expect(ended.insert(ticket.identifier).inserted)
            }
            #expect(!look.going.contains { $0.deadline <= now })
            #expect(!look.expired.contains { $0.deadline > now })
            #expect(room.count == open.count)
            if let next = look.next { #expect(next > now) } else { #expect(room.isEmpty) }
            #expect(open.values.allSatisfy { look.next ?? 0 <= $0.deadline })
        }
    }
}
