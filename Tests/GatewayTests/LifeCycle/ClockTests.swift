// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Synchronization
import Testing

@testable import Gateway

struct HTTPDateTests {
    static let dates: [(String, Int64?)] = [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799), ("Tue, 24 Nov 2026 00:00:00 GMT", 1_795_478_400),
        ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun Nov  6 08:49:37 1994", nil), ("", nil),
        ("Sun, 06 Foo 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 08:49:37 CET", nil),
        ("Sun, xx Nov 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 25:49:37 GMT", nil),
    ]

    @Test(arguments: dates)
    func readsTheOneForm(_ text: String, _ seconds: Int64?) {
        #expect(HTTPDate.seconds(text.utf8) == seconds)
    }
}

struct ClockOffsetTests {
    @Test func leavesSmallAndHugeDifferencesAlone() {
        for difference in [Int64(0), 2, -2, ClockOffset.maximum + 1, -ClockOffset.maximum - 1] {
            var offset = ClockOffset()
            offset.learn(upstream: 1000 + difference, monotonic: 50)
            #expect(offset.timestamp(wall: 1000, monotonic: 50) == 1000)
            #expect(offset.difference(wall: 1000, monotonic: 50) == difference)
        }
    }

    @Test func followsTheUpstreamWhenOurClockIsSet() {
        var offset = ClockOffset()
        offset.learn(upstream: 1000, monotonic: 50)
        #expect(offset.timestamp(wall: 1000, monotonic: 50) == 1000)
        // Our wall clock jumps an hour ahead; the monotonic one does not.
        #expect(offset.timestamp(wall: 4610, monotonic: 60) == 1010)
    }

    @Test func goesByTheMedianAndForgetsTheOld() {
        var offset = ClockOffset()
        for _ in 0..<5 { offset.learn(upstream: 2000, monotonic: 0) }
        for _ in 0..<4 { offset.learn(upstream: 9999, monotonic: 0) }
        #expect(offset.timestamp(wall: 1000, monotonic: 0) == 2000)
        #expect(offset.timestamp(wall: 1000, monotonic: ClockOffset.maximumAge + 1) == 1000)
        offset.jump(upstream: 3000, monotonic: 0)
        #expect(offset.timestamp(wall: 1000, monotonic: 0) == 3000)
    }
}

struct UpstreamClockTests {
    private static let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT"
    private let real = StoppedClock(unixSeconds: 784_111_177)
    private let clock = UpstreamClock()

    @Test func oneOddRefusalMovesNobodysClock() {
        let refusal = TransferResponse.make(401, [Self.date])
        clock.learn(from: refusal, real)
        #expect(clock.correction(of: real.unixSeconds, by: refusal, .unnamed, real) == 784_111_777)
        #expect(clock.timestamp(real) == real.unixSeconds)
        // The corrected call is refused too: it was not the time.
        clock.confirm(by: refusal, real)
        #expect(clock.timestamp(real) == real.unixSeconds)
        clock.confirm(by: .make(200, [Self.date]), real)
        #expect(clock.timestamp(real) == 784_111_777)
    }

    @Test func aRefusedTimestampMovesItAtOnce() {
        let refusal = TransferResponse.make(401, [Self.date])
        #expect(clock.correction(of: real.unixSeconds, by: refusal, .timestampRefused, real) == 784_111_777)
        #expect(clock.timestamp(real) == 784_111_777)
    }

    @Test(arguments: [OAuthProblem.timestampRefused, .unnamed, .tokenRevoked])
    func whatExplainsNothingMovesNothing(_ problem: OAuthProblem) {
        clock.confirm(by: .make(200, [Self.date]), real)
        let near = TransferResponse.make(401, ["Date: Sun, 06 Nov 1994 08:49:17 GMT"])
        #expect(clock.correction(of: 784_111_777, by: near, problem, real) == nil)
        #expect(clock.timestamp(real) == 784_111_777)
    }
}

/// A refused timestamp is answered by one attempt that is signed with the upstream's time.
struct ResigningTests {
    private static let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT"
    private static let refusal = "WWW-Authenticate: OAuth oauth_problem=timestamp_refused"
    private static let path = "/users/alice/oauth/user"

    private func run(
        _ script: @escaping @Sendable (Int) -> ScriptedUpstream.Step, _ body: (GatewayFixture) async throws -> Void
    ) async throws {
        try await GatewayFixture.run(
            ScriptedUpstream { number, _ in script(number) },
            change: { _, services in services.clock = StoppedClock(unixSeconds: 784_111_777 - 600) },
            body)
    }

    private func timestamps(_ gateway: GatewayFixture) throws -> [Int64?] {
        try gateway.upstream.requests.current.map { try $0.verifiedAuthorization(tenant: "north").timestamp }
    }

    @Test(arguments: [refusal, "X: 1"])
    func signsAnewOnceWithTheUpstreamsTime(_ field: String) async throws {
        try await run({ .answer($0 == 0 ? 401 : 200, [Self.date, field], "{}") }) { gateway in
            let response = try await gateway.call("GET", Self.path)
            #expect(response.status == 200)
            #expect(try timestamps(gateway) == [784_111_177, 784_111_777])
            #expect(gateway.user("alice")?.state == .active)
            #expect(try await gateway.call("GET", Self.path).status == 200)
            #expect(try timestamps(gateway).last == 784_111_777)
            #expect(gateway.plane.services.metrics.prometheusText().contains("wego_gateway_resigned_total 1"))
        }
    }

    @Test func doesSoForChangesTooAndOnlyOnce() async throws {
        try await run({ _ in .answer(401, [Self.date, Self.refusal], "") }) { gateway in
            let response = try await gateway.call("POST", "/users/alice/api/v1/x", body: "{}")
            #expect(response.status == 401)
            #expect(response.header("wego-gateway-upstream-problem") == "timestamp_refused")
            #expect(gateway.upstream.requests.current.count == 2)
        }
    }

    @Test(arguments: ["X: no date", "Date: Sun, 06 Nov 1994 08:39:40 GMT", "Date: rubbish"])
    func doesNotRepeatWithoutAReason(_ date: String) async throws {
        try await run({ _ in .answer(401, [date, Self.refusal], "") }) { gateway in
            let response = try await gateway.call("GET", Self.path)
            #expect(response.status == 401)
            #expect(gateway.upstream.requests.current.count == 1)
        }
    }
}
