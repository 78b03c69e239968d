// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import NIOCore
import NIOEmbedded
import RateLimits
import Synchronization
import Testing

@testable import Gateway

/// Who goes when calls wait and others come. Time is moved by hand, and no timer fires: so those who come are always there
/// before the timer of those who wait.
struct TurnstileTests {
    /// What became of the calls that waited, in that order.
    private final class Outcomes: Sendable {
        private let all = Mutex<[String]>([])

        var list: [String] { all.withLock { $0 } }

        func note(_ name: String, _ result: Result<Passage, GatewayError>) {
            let word = if case .success = result { "went" } else { "refused" }
            all.withLock { $0.append("\(name) \(word)") }
        }
    }

    private final class Stage {
        let clock = MovedClock()
        let loop = EmbeddedEventLoop()
        let outcomes = Outcomes()
        let turnstile: Turnstile

        init(_ gateway: GatewayFixture, _ room: WaitingRoom.Limits = WaitingRoom.Limits()) {
            var services = gateway.plane.services
            services.clock = clock
            services.waiting.room = room
            services.limits = LimitDesk(Limiter())
            services.upstreamGuard = UpstreamGuard(maximumConcurrency: 64)
            turnstile = Turnstile(services)
        }

        /// `name` is for the outcomes; a call without one does not wait.
        func enter(_ subjects: LimitSubjects, _ name: String? = nil, _ priority: CallPriority = .interactive) -> String
        {
            let request = TurnRequest(
                limits: LimitRequest(subjects, priority: priority), wait: name.map { _ in .seconds(1000) })
            let entry = turnstile.enter(request, on: loop) { [outcomes] in outcomes.note(name ?? "", $0) }
            loop.run()
            switch entry {
            case .through(let passage):
                turnstile.leave(passage, .answered)
                loop.run()
                return "went"
            case .refused: return "refused"
            case .waits: return "waits"
            case .asked: return "asked"
            }
        }
    }

    private static func subjects(_ user: String, perSecond kind: LimitKind) -> LimitSubjects {
        func subject(_ of: LimitKind, _ name: String) -> LimitSubject {
            let rate = RateWindow(permits: 1, period: .seconds(1), burst: 1)
            return LimitSubject(
                LimitKey(of, tenant: "north", name: name), of == kind ? LimitPolicy(rate: rate) : .unlimited)
        }
        return LimitSubjects(
            homeUser: subject(.homeUser, user), caller: subject(.caller, "backend"), tenant: subject(.tenant, "north"),
            consumer: subject(.consumer, "main"))
    }

    @Test(arguments: LimitKind.allCases)
    func whoWaitsIsNotOvertaken(kind: LimitKind) async throws {
        try await GatewayFixture.run { gateway in
            let stage = Stage(gateway)
            let (alice, bob) = (Self.subjects("alice", perSecond: kind), Self.subjects("bob", perSecond: kind))
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
            let stage = Stage(gateway)
            let (alice, bob) = (
                Self.subjects("alice", perSecond: .homeUser), Self.subjects("bob", perSecond: .homeUser)
            )
            #expect(stage.enter(alice) == "went")
            #expect(stage.enter(alice, "alice") == "waits")
            #expect(stage.enter(bob) == "went")
        }
    }

    @Test func aCrowdOfOneUserLeavesRoomForAnother() async throws {
        try await GatewayFixture.run { gateway in
            let stage = Stage(gateway, WaitingRoom.Limits(perConsumer: 3, total: 9))
            let (alice, bob) = (
                Self.subjects("alice", perSecond: .homeUser), Self.subjects("bob", perSecond: .homeUser)
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
