// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import TestSupport
import Testing

@testable import Gateway

struct WaitingTests {
    private static let path = ConnectionTests.path

    /// One call in flight.
    private static let single = LimitDefaults(homeUser: LimitTerms(concurrency: 1))

    /// Answers come when the test says so.
    private static func holding() -> ScriptedUpstream { ScriptedUpstream { _, _ in .hold } }

    @Test func aCallWaitsForAPlace() async throws {
        try await GatewayFixture.run(Self.holding(), limits: Self.single) { gateway in
            async let first = gateway.call("GET", Self.path)
            try await gateway.upstream.waitForHeld()
            async let second = gateway.call("GET", Self.path, ["Prefer: wait=300"])
            try await gateway.waitingCalls(are: 1)
            try await gateway.upstream.release()
            #expect(try await first.status == 200)
            try await gateway.upstream.release()
            let response = try await second
            #expect(response.status == 200)
            #expect(response.header("preference-applied") == "wait=300")
            #expect(gateway.plane.turnstile.counts.values.waited[.went] != nil)
        }
    }

    @Test func aCallWaitsForItsRate() async throws {
        let limits = LimitDefaults(homeUser: LimitTerms(rate: Rate(permits: 10, per: .second), burst: 1))
        try await GatewayFixture.run(limits: limits) { gateway in
            for _ in 0..<4 {
                let status = try await gateway.call("GET", Self.path, ["Prefer: wait=300"]).status
                #expect(status == 200)
            }
        }
    }

    @Test func aTurnThatDoesNotComeEndsInTheRefusal() async throws {
        let limits = LimitDefaults(homeUser: LimitTerms(rate: Rate(permits: 1, per: .hour), burst: 1))
        try await GatewayFixture.run(limits: limits) { gateway in
            #expect(try await gateway.call("GET", Self.path).status == 200)
            let response = try await gateway.call("GET", Self.path, ["Prefer: wait=1"])
            #expect(response.status == 429 && response.slug == "quota-exceeded")
            #expect(response.header("preference-applied") == "wait=1")
            #expect(gateway.plane.turnstile.counts.values.waited[.expired] != nil)
        }
    }

    @Test func aClientThatGoesAwayGivesItsPlaceBack() async throws {
        let change: (inout DataPlaneSettings, inout Services) -> Void = { _, services in
            services.waiting.room = WaitingRoom.Limits(perConsumer: 1, total: 1)
        }
        try await GatewayFixture.run(Self.holding(), limits: Self.single, change: change) { gateway in
            async let first = gateway.call("GET", Self.path)
            try await gateway.upstream.waitForHeld()
            do {
                let connection = try gateway.connect()
                try await connection.send(gateway.request("GET", Self.path, ["Prefer: wait=300"]))
                try await gateway.waitingCalls(are: 1)
                // There is one place, and it is taken.
                #expect(try await gateway.call("GET", Self.path, ["Prefer: wait=300"]).slug == "quota-exceeded")
                connection.setResetOnClose()
            }
            try await gateway.waitingCalls(are: 0)
            async let third = gateway.call("GET", Self.path, ["Prefer: wait=300"])
            try await gateway.waitingCalls(are: 1)
            try await gateway.upstream.release()
            try await gateway.upstream.release()
            #expect(try await first.status == 200)
            #expect(try await third.status == 200)
            #expect(gateway.upstream.requests.current.count == 2, "the one that went away was never sent")
            #expect(gateway.plane.turnstile.counts.values.waited[.gaveUp] != nil)
        }
    }

    /// It may still listen, so it is told.
    @Test func aClientThatClosesItsSideIsRefused() async throws {
        try await GatewayFixture.run(Self.holding(), limits: Self.single) { gateway in
            async let first = gateway.call("GET", Self.path)
            try await gateway.upstream.waitForHeld()
            let connection = try gateway.connect()
            try await connection.send(gateway.request("GET", Self.path, ["Prefer: wait=300"]))
            try await gateway.waitingCalls(are: 1)
            connection.finishSending()
            #expect(try await connection.response().slug == "quota-exceeded")
            try await gateway.upstream.release()
            #expect(try await first.status == 200)
        }
    }

    @Test func whoWasRevokedWhileWaitingIsNotSent() async throws {
        try await GatewayFixture.run(Self.holding(), limits: Self.single) { gateway in
            async let first = gateway.call("GET", Self.path)
            try await gateway.upstream.waitForHeld()
            async let second = gateway.call("GET", Self.path, ["Prefer: wait=300"])
            try await gateway.waitingCalls(are: 1)
            try gateway.freezeAlice()
            try await gateway.upstream.release()
            #expect(try await first.status == 200)
            #expect(try await second.slug == "user-frozen")
            #expect(gateway.upstream.requests.current.count == 1)
            #expect(gateway.plane.turnstile.waitingCounts().total == 0)
        }
    }

    @Test func theOrderIsFair() async throws {
        let limits = LimitDefaults(consumer: LimitTerms(concurrency: 1))
        try await GatewayFixture.run(Self.holding(), limits: limits) { gateway in
            try gateway.importUser("bob")
            async let first = gateway.call("GET", Self.path)
            try await gateway.upstream.waitForHeld()
            let queue = [
                ("alice", "1", "batch"), ("alice", "2", "interactive"), ("alice", "3", "interactive"),
                ("bob", "4", "interactive"),
            ]
            let calls = try await withThrowingTaskGroup(of: Int.self) { group in
                for (index, (user, number, priority)) in queue.enumerated() {
                    group.addTask {
                        try await gateway.call(
                            "GET", "/users/\(user)/api/v1/wego_home/building?n=\(number)",
                            ["Prefer: wait=300", "Wego-Gateway-Priority: \(priority)"]
                        ).status
                    }
                    try await gateway.waitingCalls(are: index + 1)
                }
                for _ in 0...queue.count { try await gateway.upstream.release() }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(calls == [200, 200, 200, 200])
            #expect(try await first.status == 200)
            let order = gateway.upstream.targets.dropFirst().map { $0.suffix(1) }
            #expect(order == ["2", "4", "3", "1"])
        }
    }

    @Test func sillyFieldsAreRefused() async throws {
        try await GatewayFixture.run { gateway in
            for field in ["Prefer: wait=soon", "Prefer: wait=-1", "Wego-Gateway-Priority: urgent"] {
                let response = try await gateway.call("GET", Self.path, [field])
                #expect(response.status == 400 && response.slug == "field-invalid")
            }
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func aStopRefusesThoseWhoWait() async throws {
        let limits = LimitDefaults(homeUser: LimitTerms(rate: Rate(permits: 1, per: .hour), burst: 1))
        try await GatewayFixture.run(limits: limits) { gateway in
            #expect(try await gateway.call("GET", Self.path).status == 200)
            async let waiting = gateway.call("GET", Self.path, ["Prefer: wait=300"])
            try await gateway.waitingCalls(are: 1)
            // Not for ten minutes: its turn comes later than that.
            await gateway.plane.drain(within: .seconds(600))
            #expect(try await waiting.slug == "shutting-down")
        }
    }
}
