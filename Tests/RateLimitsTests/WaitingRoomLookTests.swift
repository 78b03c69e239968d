// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

/// What a look looks at: all that may have changed, and nothing else.
struct WaitingRoomLookTests {
    private static func ticket(_ number: Int, arrived: Int64 = 0, deadline: Int64 = 1000 * second) -> Ticket {
        Ticket(
            identifier: UInt64(number), homeUser: user(number), consumer: key(.consumer, "c\(number % 5)"),
            arrived: arrived, deadline: deadline)
    }

    private static func user(_ number: Int) -> LimitKey { key(.homeUser, "u\(number)") }

    /// A crowd that is held as `turn` says.
    private static func crowd(_ turn: Turn) -> WaitingRoom {
        var room = WaitingRoom()
        for number in 0..<500 { #expect(room.arrive(ticket(number)) == .waits) }
        #expect(room.look(0) { _ in turn }.going.isEmpty)
        return room
    }

    private static func tried(_ room: inout WaitingRoom, now: Int64 = 1, _ turn: Turn) -> [UInt64] {
        var tried: [UInt64] = []
        _ = room.look(now) { ticket in
            tried.append(ticket.identifier)
            return turn
        }
        return tried
    }

    @Test func whoComesLooksAtItsOwnUserAlone() {
        let turn = Turn.userMustWait(until: 50 * second)
        var room = Self.crowd(turn)
        room.release(Self.user(1000))
        #expect(Self.tried(&room, turn).isEmpty)
        room.release(Self.user(7))
        #expect(Self.tried(&room, turn) == [7])
        #expect(Self.tried(&room, turn).isEmpty)
        #expect(Self.tried(&room, now: 50 * second, .userMustWait(until: 90 * second)).count == 500)
    }

    @Test func whoLeavesLooksForThoseThatItHelps() {
        var room = Self.crowd(.userMustEndOne)
        room.callEnded(of: Self.user(1000), in: "acme")
        #expect(Self.tried(&room, .userMustEndOne).isEmpty)
        room.callEnded(of: Self.user(7), in: "acme")
        #expect(Self.tried(&room, .userMustEndOne) == [7])
    }

    @Test func aHoldGoesWithTheLastWhoWaits() {
        var room = WaitingRoom()
        #expect(room.arrive(Self.ticket(1)) == .waits)
        #expect(Self.tried(&room, .allMustWait(until: nil)) == [1])
        let isGone = room.cancel(1, of: Self.ticket(1).consumer)
        #expect(isGone)
        #expect(room.arrive(Self.ticket(2)) == .waits)
        #expect(Self.tried(&room, now: 2, .goes) == [2])
    }

    @Test func aTenantsCallHelpsItsOwn() {
        var room = Self.crowd(.userMustWait(until: nil))
        room.callEnded(of: Self.user(1000), in: "elsewhere")
        #expect(Self.tried(&room, .userMustWait(until: nil)).isEmpty)
        room.callEnded(of: Self.user(1000), in: "acme")
        #expect(Self.tried(&room, .userMustWait(until: nil)).count == 500)
    }

    /// A credential may be known to several tenants, and the upstream is everybody's.
    @Test func anybodysCallHelpsThoseWhomTheUpstreamHolds() {
        var room = Self.crowd(.consumerMustWait(until: nil))
        room.callEnded(of: Self.user(1000), in: "elsewhere")
        #expect(Self.tried(&room, .allMustWait(until: nil)).count == 1)
        room.callEnded(of: Self.user(1000), in: "elsewhere")
        #expect(Self.tried(&room, .allMustWait(until: nil)).count == 1)
        #expect(Self.tried(&room, .goes).isEmpty)
    }

    /// Everybody goes at the very time at which nothing is in the way any more, whatever else is looked at before.
    @Test(arguments: 0..<20)
    func nobodyIsForgotten(seed: UInt64) {
        var random = SplitMix64(state: seed)
        func time(_ most: UInt64) -> Int64 { Int64(random.next() % most) * 1_000_000 }
        let ofConsumers = Dictionary(uniqueKeysWithValues: (0..<5).map { (key(.consumer, "c\($0)"), time(4000)) })
        let (ofAll, ofUsers) = (time(2000), (0..<200).map { _ in time(9000) })
        var (room, expected, went): (WaitingRoom, [UInt64: Int64], [UInt64: Int64]) = (WaitingRoom(), [:], [:])
        var next: Int64?
        func look(_ now: Int64) {
            let look = room.look(now) { ticket in
                if now < ofAll { return .allMustWait(until: ofAll) }
                if let gate = ofConsumers[ticket.consumer], now < gate { return .consumerMustWait(until: gate) }
                let gate = ofUsers[Int(ticket.identifier)]
                return now < gate ? .userMustWait(until: gate) : .goes
            }
            for ticket in look.going { went[ticket.identifier] = now }
            next = look.next
        }
        func looks(until time: Int64) {
            while let due = next, due <= time { look(due) }
        }
        var now: Int64 = 0
        for number in 0..<200 {
            now += time(60)
            looks(until: now)
            let ticket = Self.ticket(number, arrived: now)
            #expect(room.arrive(ticket) == .waits)
            expected[ticket.identifier] = max(now, ofAll, ofUsers[number], ofConsumers[ticket.consumer] ?? 0)
            look(now)
            if random.next() % 2 == 0 { room.release(Self.user(Int(random.next() % 200))) }
            if random.next() % 2 == 0 { room.callEnded(of: Self.user(Int(random.next() % 200)), in: "acme") }
            if random.next() % 2 == 0 { look(now) }
        }
        looks(until: 20 * second)
        #expect(went == expected)
    }
}
