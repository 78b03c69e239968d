// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

@testable import Gateway

/// Who goes when calls wait and others come.
struct TurnstileTests {
    @Test(arguments: LimitKind.allCases)
    func whoWaitsIsNotOvertaken(kind: LimitKind) async throws {
        try await GatewayFixture.run { gateway in
            let stage = TurnstileStage(gateway)
            let (alice, bob) = (
                TurnstileStage.subjects("alice", perSecond: kind), TurnstileStage.subjects("bob", perSecond: kind)
            )
            let other = kind == .homeUser ? alice : bob
            #expect(stage.enter(alice) == "went")
            #expect(stage.enter(alice, "first") == "waits")
            #expect(stage.enter(alice, "second") == "waits")
            #expect(stage.enter(other) == "refused")
            stage.clock.advance(seconds: 1)
            #expect(stage.enter(other) == "refused", "a later call got the turn of one that waits")
            #expect(stage.outcomes.list == ["first went"])
            stage.clock.advance(seconds: 1)
            #expect(stage.enter(other) == "refused")
            #expect(stage.outcomes.list == ["first went", "second went"])
            stage.clock.advance(seconds: 1)
            #expect(stage.enter(other) == "went")
        }
    }

    /// One who waits for something that is not in the way of a later call.
    @Test func othersGoOnMeanwhile() async throws {
        try await GatewayFixture.run { gateway in
            let stage = TurnstileStage(gateway)
            let (alice, bob) = (
                TurnstileStage.subjects("alice", perSecond: .homeUser),
                TurnstileStage.subjects("bob", perSecond: .homeUser)
            )
            #expect(stage.enter(alice) == "went")
            #expect(stage.enter(alice, "alice") == "waits")
            #expect(stage.enter(bob) == "went")
        }
    }

    @Test func aCrowdOfOneUserLeavesRoomForAnother() async throws {
        try await GatewayFixture.run { gateway in
            let stage = TurnstileStage(gateway, WaitingRoom.Limits(perConsumer: 3, total: 9))
            let (alice, bob) = (
                TurnstileStage.subjects("alice", perSecond: .homeUser),
                TurnstileStage.subjects("bob", perSecond: .homeUser)
            )
            #expect(stage.enter(alice) == "went")
            #expect(stage.enter(bob) == "went")
            for number in 1...3 { #expect(stage.enter(alice, "alice \(number)", .batch) == "waits") }
            #expect(stage.enter(alice, "alice 4", .batch) == "refused")
            #expect(stage.enter(bob, "bob") == "waits")
            #expect(stage.outcomes.list == ["alice 3 refused"])
            #expect(stage.turnstile.waitingCounts().total == 3)
            #expect(stage.turnstile.counts.values.waited[.displaced] != nil)
            #expect(stage.turnstile.counts.values.noRoom == 1)
        }
    }
}
