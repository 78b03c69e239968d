// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Synchronization
import Testing

@testable import Gateway

/// Who waits is looked at when there is room, and told what is true by then.
struct TurnstileWakingTests {
    private static func subjects(_ user: String) -> LimitSubjects { TurnstileStage.subjects(user) }

    /// WegoWise has asked for a pause, which is over: the answer is the one call that opens again.
    private func opening(_ stage: TurnstileStage) throws -> Passage {
        let first = try stage.turnstile.enterNow(Self.subjects("alice"))
        stage.leave(first, .asksForPause(wait: 1_000_000_000, isOverload: false))
        stage.clock.advance(seconds: 2)
        return try stage.turnstile.enterNow(Self.subjects("bob"))
    }

    /// It met what was taken and waits before that is given back, but after the one who gives it back has seen that nobody
    /// waits.
    @Test func whoBeginsToWaitWhileACallLeavesIsSeen() async throws {
        try await GatewayFixture.run { gateway in
            let stage = TurnstileStage(gateway)
            let passage = try opening(stage)
            let carol = TurnRequest(limits: LimitRequest(Self.subjects("carol")), wait: .seconds(1000))
            let entries = Mutex<[Bool]>([])
            stage.watch.atNextReading { [turnstile = stage.turnstile, loop = stage.loop, outcomes = stage.outcomes] in
                let entry = turnstile.enter(carol, on: loop) { outcomes.note("carol", $0) }
                let waits = if case .waits = entry { true } else { false }
                entries.withLock { $0.append(waits) }
            }
            stage.leave(passage, .answered)
            #expect(entries.withLock { $0 } == [true], "it came when the place was still taken")
            #expect(stage.outcomes.list == ["carol went"])
        }
    }

    @Test func aSecondAttemptLeavesToOthersWhatTheFirstOpened() async throws {
        try await GatewayFixture.run { gateway in
            let stage = TurnstileStage(gateway)
            let passage = try opening(stage)
            #expect(stage.enter(Self.subjects("carol"), "carol") == "waits")
            let turn = stage.turnstile.again(passage, after: .answered)
            stage.loop.run()
            #expect(turn.goes)
            #expect(stage.outcomes.list == ["carol went"])
            stage.leave(turn.passage, .answered)
        }
    }

    @Test func connectingDoesNotOvertake() async throws {
        try await GatewayFixture.run { gateway in
            let stage = TurnstileStage(gateway)
            let alice = TurnstileStage.subjects("alice", perSecond: .caller)
            var bob = TurnstileStage.subjects("bob", perSecond: .caller)
            bob.consumer = nil
            #expect(stage.enter(alice) == "went")
            #expect(stage.enter(alice, "alice") == "waits")
            stage.clock.advance(seconds: 1)
            #expect(throws: GatewayError.self) { try stage.turnstile.enterLimits(bob) }
            stage.loop.run()
            #expect(stage.outcomes.list == ["alice went"])
            stage.clock.advance(seconds: 1)
            stage.leave(try stage.turnstile.enterLimits(bob), .unknown)
        }
    }

    /// A log that blocks must not hold up everybody.
    @Test func shadowRefusalsAreToldOutsideOfTheLock() async throws {
        try await GatewayFixture.run { gateway in
            let turnstile = Mutex<Turnstile?>(nil)
            let seen = Mutex<[Int]>([])
            let stage = TurnstileStage(gateway) { _ in
                // Would never come back under the lock.
                let count = turnstile.withLock { $0 }?.waitingCounts().total ?? -1
                seen.withLock { $0.append(count) }
            }
            turnstile.withLock { $0 = stage.turnstile }
            let alice = TurnstileStage.subjects("alice", perSecond: .homeUser)
            #expect(stage.enter(alice) == "went")
            #expect(stage.enter(alice, "alice") == "waits")
            let rate = RateWindow(permits: 1, period: .seconds(1), burst: 1)
            let bob = TurnstileStage.subjects("bob") {
                $0 == .homeUser ? LimitPolicy(windows: [rate], mode: .shadow) : .unlimited
            }
            #expect(stage.enter(bob) == "went")
            #expect(stage.enter(bob) == "went")
            #expect(seen.withLock { $0 } == [1])
        }
    }

    @Test func whoHasWaitedIsToldWhatIsLeft() async throws {
        try await GatewayFixture.run { gateway in
            let stage = TurnstileStage(gateway)
            let alice = TurnstileStage.subjects("alice") { kind in
                switch kind {
                case .homeUser: LimitPolicy(rate: RateWindow(permits: 1, period: .seconds(10), burst: 1))
                case .caller: LimitPolicy(rate: RateWindow(permits: 1, period: .seconds(15), burst: 1))
                case .tenant, .consumer: .unlimited
                }
            }
            #expect(stage.enter(alice) == "went")
            #expect(stage.enter(alice, "alice", seconds: 12) == "waits")
            stage.clock.advance(seconds: 12)
            #expect(stage.enter(alice) == "refused")
            guard case .quotaExceeded(let refusal)? = stage.outcomes.errors.first else {
                Issue.record("it was not refused: \(stage.outcomes.list)")
                return
            }
            #expect(refusal.retryAfterSeconds == 3)
            #expect(refusal.policies == ["caller"])
        }
    }

    /// Nobody counts shares between refusals: only the time that has passed is known.
    @Test func aShareIsNearerAfterAWait() {
        var decision = LimitDecision()
        decision.violations = LimitViolations([LimitViolation(.consumer, .fairShare)])
        decision.wait = 12_000_000_000
        for (age, seconds) in [(0, 12), (10_000_000_000, 2), (20_000_000_000, 1)] as [(Int64, Int)] {
            let refusal = LimitRefusal(decision, age: age, standing: LimitStanding())
            #expect(refusal.retryAfterSeconds == seconds)
            #expect(refusal.standing.states.first?.nextSeconds == seconds)
        }
    }
}
