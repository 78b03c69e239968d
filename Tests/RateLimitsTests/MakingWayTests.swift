// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

/// Who loses a ticket when as many wait as may, beside what `WaitingRoomTests` says of it.
struct MakingWayTests {
    private func ticket(
        _ identifier: UInt64, _ user: String, _ priority: CallPriority = .interactive, tenant: String = "north",
        consumer: String = "main"
    ) -> Ticket {
        Ticket(
            identifier: identifier, homeUser: LimitKey(.homeUser, tenant: tenant, name: user),
            consumer: LimitKey(.consumer, tenant: tenant, name: consumer), priority: priority, arrived: 0,
            deadline: 100 * second)
    }

    @Test(arguments: [WaitingRoom.Limits(perConsumer: 4, total: 9), WaitingRoom.Limits(perConsumer: 9, total: 4)])
    func aUsersOwnBatchCallMakesWayFirst(limits: WaitingRoom.Limits) {
        var room = WaitingRoom(limits)
        for number in 1...4 { #expect(room.arrive(ticket(UInt64(number), "a", .batch)) == .waits) }
        let answers = (5...9).map { room.arrive(ticket(UInt64($0), "a")) }
        let displaced: [WaitingRoom.Arrival] = [4, 3, 2, 1].map { .displaces(ticket($0, "a", .batch)) }
        #expect(answers == displaced + [.noRoom])
        #expect(room.arrive(ticket(10, "a", .batch)) == .noRoom)
        let going = room.look(0) { _ in .goes }.going.map(\.identifier)
        #expect(going == [5, 6, 7, 8])
    }

    /// What waits for it as a batch call is no reason against its interactive one.
    @Test func ownBatchCallsAreNotHeldAgainstAnInteractiveOne() {
        var room = WaitingRoom(WaitingRoom.Limits(perConsumer: 4, total: 9))
        let first = [ticket(1, "a", .batch), ticket(2, "b", .batch), ticket(3, "b", .batch), ticket(4, "b", .batch)]
        for ticket in first { #expect(room.arrive(ticket) == .waits) }
        #expect(room.arrive(ticket(5, "a")) == .displaces(first[0]))
        #expect(room.arrive(ticket(6, "a")) == .displaces(first[3]))
        #expect(room.arrive(ticket(7, "a")) == .noRoom, "both have two")
    }

    @Test func oneTenantLeavesRoomForAnother() {
        var room = WaitingRoom(WaitingRoom.Limits(perConsumer: 3, total: 6))
        for number in 1...6 {
            let arrival = room.arrive(ticket(UInt64(number), "u\(number)", consumer: "c\(number % 3)"))
            #expect(arrival == .waits)
        }
        var displaced = 0
        for number in 7...9 {
            guard case .displaces(let other) = room.arrive(ticket(UInt64(number), "v\(number)", tenant: "south"))
            else { continue }
            #expect(other.consumer.tenant == "north")
            displaced += 1
        }
        #expect(displaced == 3)
        // Half each: from here on users are compared, within each tenant.
        #expect(room.arrive(ticket(10, "v10", tenant: "south", consumer: "spare")) == .noRoom)
        #expect(room.arrive(ticket(11, "u11", consumer: "spare")) == .noRoom)
        #expect(room.arrive(ticket(12, "w", tenant: "east")) != .noRoom)
        #expect(room.count == 6)
    }

    /// Batch calls of a tenant that has no more than its part are not at the disposal of others.
    @Test func anotherTenantsBatchCallsMakeWayForItsPartOnly() {
        var room = WaitingRoom(WaitingRoom.Limits(perConsumer: 4, total: 4))
        for number in 1...2 { #expect(room.arrive(ticket(UInt64(number), "a", .batch, tenant: "south")) == .waits) }
        for number in 3...4 { #expect(room.arrive(ticket(UInt64(number), "u\(number)")) == .waits) }
        #expect(room.arrive(ticket(5, "u5")) == .noRoom)
    }
}
