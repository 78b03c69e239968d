// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import TestSupport
import Testing

@testable import Gateway

/// What a client may cost: sizes, time, connections that are to end.
struct ConnectionLimitTests {
    private static let path = ConnectionTests.path

    private static func short(
        _ change: @escaping (inout ConnectionLimits) -> Void
    ) -> (inout DataPlaneSettings, inout Services) -> Void {
        { settings, _ in change(&settings.limits) }
    }

    @Test func refusesLongBodiesByTheirLength() async throws {
        try await GatewayFixture.run(change: Self.short { $0.maximumBody = 100 }) { gateway in
            let connection = try gateway.connect()
            try await connection.send(
                gateway.request("POST", "/users/alice/api/v1/x", body: String(repeating: " ", count: 101)))
            let response = try await connection.response()
            #expect(response.slug == "body-too-large")
            #expect(response.header("connection") == "close")
            #expect(try await connection.bytesUntilClose().isEmpty)
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func refusesLongBodiesWithoutLength() async throws {
        try await GatewayFixture.run(change: Self.short { $0.maximumBody = 100 }) { gateway in
            let connection = try gateway.connect()
            let fields = ["Content-Type: application/json", "Transfer-Encoding: chunked"]
            try await connection.send(gateway.request("POST", "/users/alice/api/v1/x", fields))
            for _ in 0..<11 { try await connection.send("a\r\n          \r\n") }
            #expect(try await connection.response().slug == "body-too-large")
            #expect(try await connection.bytesUntilClose().isEmpty)
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func takesTheLongestBody() async throws {
        try await GatewayFixture.run { gateway in
            let body = "[" + String(repeating: " ", count: ConnectionLimits().maximumBody - 2) + "]"
            let status = try await gateway.call("POST", "/users/alice/api/v1/x", body: body).status
            #expect(status == 200)
            #expect(gateway.upstream.requests.current.map(\.body?.readableBytes) == [body.utf8.count])
        }
    }

    /// The client is still sending when the answer comes, and sends on: a reset must not take the answer away.
    @Test func refusesEarlyWithTheBodyStillComing() async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            let fields = ["Content-Type: application/json", "Content-Length: 900000"]
            try await connection.send(gateway.request("POST", "/users/nobody/api/v1/x", fields))
            for _ in 0..<9 { try await connection.send([UInt8](repeating: 0x20, count: 100_000)) }
            let response = try await connection.response()
            #expect(response.slug == "user-not-found")
            #expect(response.header("connection") == "close")
            #expect(try await connection.bytesUntilClose().isEmpty)
        }
    }

    /// What follows a refused body is never read as a request.
    @Test func doesNotReadARefusedBodyAsRequests() async throws {
        try await GatewayFixture.run { gateway in
            let connection = try gateway.connect()
            let inner = gateway.request("GET", Self.path)
            let fields = ["Content-Type: application/json", "Content-Length: \(inner.utf8.count)"]
            try await connection.send(gateway.request("POST", "/users/nobody/api/v1/x", fields) + inner + inner)
            #expect(try await connection.response().slug == "user-not-found")
            #expect(try await connection.bytesUntilClose().isEmpty)
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func boundsHeads() async throws {
        let long = String(repeating: "a", count: ConnectionLimits.maximumHeaderFieldBytes + 1)
        try await GatewayFixture.run { gateway in
            let heads = [
                gateway.request("GET", Self.path, ["X: \(long)"]), gateway.request("GET", Self.path, ["\(long): x"]),
                gateway.request("GET", Self.path, (0..<64).map { "X-\($0): 1" }),
                gateway.request("GET", Self.path, (0..<5).map { "X-\($0): " + long.dropLast(4000) }),
                gateway.request("GET", "/" + long), String(repeating: "A", count: 100_000),
            ]
            for head in heads {
                let connection = try gateway.connect()
                try await connection.send(head)
                let response = try await connection.response()
                #expect([400, 431].contains(response.status))
                #expect(try await connection.bytesUntilClose().isEmpty)
            }
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func waitsForHeadsOnlySoLong() async throws {
        try await GatewayFixture.run(change: Self.short { $0.headerTimeout = .milliseconds(50) }) { gateway in
            let connection = try gateway.connect()
            // The second request of a connection, behind one that did not arrive in one piece either.
            let whole = gateway.request("POST", "/users/alice/api/v1/x", body: "{}")
            try await connection.send(String(whole.dropLast(1)))
            try await connection.send("}")
            #expect(try await connection.response().status == 200)
            try await connection.send("GET / HTT")
            let response = try await connection.response()
            #expect(response.slug == "request-timeout")
            #expect(response.status == 408)
            #expect(try await connection.bytesUntilClose().isEmpty)
        }
    }

    @Test func waitsForBodiesOnlySoLong() async throws {
        try await GatewayFixture.run(change: Self.short { $0.bodyTimeout = .milliseconds(50) }) { gateway in
            let connection = try gateway.connect()
            try await connection.send(String(gateway.request("POST", "/users/alice/api/v1/x", body: "{}").dropLast(1)))
            #expect(try await connection.response().slug == "request-timeout")
            #expect(try await connection.bytesUntilClose().isEmpty)
            #expect(gateway.upstream.requests.current.isEmpty)
        }
    }

    @Test func closesIdleConnectionsInSilence() async throws {
        try await GatewayFixture.run(change: Self.short { $0.idleTimeout = .milliseconds(50) }) { gateway in
            let fresh = try gateway.connect()
            #expect(try await fresh.bytesUntilClose().isEmpty)
        }
        try await GatewayFixture.run(change: Self.short { $0.idleTimeout = .seconds(2) }) { gateway in
            let used = try gateway.connect()
            try await used.send(gateway.request("GET", Self.path))
            #expect(try await used.response().status == 200)
            #expect(try await used.bytesUntilClose().isEmpty)
        }
    }

    /// An answer nobody asked for would be taken for the answer to the next request.
    @Test func doesNotAnswerEmptyLines() async throws {
        let limits = Self.short {
            $0.headerTimeout = .milliseconds(20)
            $0.idleTimeout = .seconds(2)
        }
        try await GatewayFixture.run(change: limits) { gateway in
            let connection = try gateway.connect()
            try await connection.send(gateway.request("GET", Self.path) + "\r\n")
            #expect(try await connection.response().status == 200)
            try await connection.send("\r\n")
            #expect(try await connection.bytesUntilClose().isEmpty)
        }
    }

    @Test func aWaitingCallIsNotIdle() async throws {
        let limits = Self.short {
            $0.idleTimeout = .seconds(2)
            $0.headerTimeout = .milliseconds(20)
            $0.bodyTimeout = .milliseconds(20)
        }
        try await GatewayFixture.run(ScriptedUpstream { number, _ in .hold }, change: limits) { gateway in
            let waiting = try gateway.connect()
            try await waiting.send(gateway.request("GET", Self.path))
            try await gateway.upstream.waitForHeld()
            // An idle connection opened later is closed first: the limits of the waiting one have passed.
            #expect(try await gateway.connect().bytesUntilClose().isEmpty)
            try await gateway.upstream.release(.answer(200, [], "late"))
            #expect(try await waiting.response().bodyText == "late")
        }
    }

    @Test func drainsWithACallInFlight() async throws {
        try await GatewayFixture.run(ScriptedUpstream { _, _ in .hold }) { gateway in
            let idle = try gateway.connect()
            try await idle.send(gateway.request("GET", "/users/alice"))
            #expect(try await idle.response().status == 200)
            let busy = try gateway.connect()
            try await busy.send(gateway.request("GET", Self.path))
            try await gateway.upstream.waitForHeld()

            async let drained: Void = gateway.plane.drain(within: .seconds(20))
            #expect(try await idle.bytesUntilClose().isEmpty)
            try await gateway.upstream.release(.answer(200, [], "last"))
            let response = try await busy.response()
            #expect(response.bodyText == "last")
            #expect(response.header("connection") == "close")
            #expect(try await busy.bytesUntilClose().isEmpty)
            busy.finishSending()
            await drained
            #expect(gateway.plane.openConnections == 0)
        }
    }

    @Test func cutsWhatDoesNotEndInTime() async throws {
        try await GatewayFixture.run(ScriptedUpstream { _, _ in .hold }) { gateway in
            let busy = try gateway.connect()
            try await busy.send(gateway.request("GET", Self.path))
            try await gateway.upstream.waitForHeld()
            await gateway.plane.drain(within: .milliseconds(10))
            #expect(try await busy.response().status == 503)
            _ = try await gateway.records.wait(for: 1)
        }
    }
}
