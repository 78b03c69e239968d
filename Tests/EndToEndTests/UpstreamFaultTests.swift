// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// The upstream is down, slow, or talks nonsense: the caller learns it in time, and the next call works.
struct UpstreamFaultTests {
    private static let hurried = Task {
        try await Deployment(settings: [
            "UPSTREAM_TIMEOUT": "1s", "UPSTREAM_CONNECT_TIMEOUT": "1s", "UPSTREAM_MAX_RESPONSE_BODY": "1MiB",
        ].merging(Deployment.unprotected) { first, _ in first })
    }

    @Test(arguments: [
        ("cut/before", Problem.upstreamConnectionLost), ("cut/mid-head", .upstreamConnectionLost),
        ("cut/reset", .upstreamConnectionLost), ("cut/mid-body", .upstreamConnectionLost),
        ("cut/mid-chunk", .upstreamConnectionLost), ("garbage/noise", .upstreamBadResponse),
        ("garbage/http09", .upstreamBadResponse), ("garbage/status", .upstreamBadResponse),
        ("garbage/length", .upstreamBadResponse), ("garbage/control", .upstreamBadResponse),
        ("garbage/chunk", .upstreamConnectionLost), ("hold/for-ever", .upstreamTimeout), ("drip", .upstreamTimeout),
        ("big/2000000", .upstreamResponseTooLarge), ("big/2000000/chunked", .upstreamResponseTooLarge),
    ])
    func reportsTheFaultAndGoesOn(behaviour: String, problem: Problem) async throws {
        let deployment = try await Self.hurried.value
        let connection = try deployment.connect()
        let target = "/users/alice/api/v1/magic/\(behaviour)"
        try await connection.send(deployment.bytes(of: .get(target)))
        try expectProblem(await connection.response(within: .seconds(15)), problem)
        // A write may have been carried out, and the caller has to know.
        try await connection.send(deployment.bytes(of: .json("POST", target, "{}")))
        let isUnknown = problem == .upstreamConnectionLost || problem == .upstreamTimeout
        try expectProblem(await connection.response(within: .seconds(15)), isUnknown ? .outcomeUnknown : problem)
        try await connection.send(deployment.bytes(of: .get("/users/alice/oauth/user")))
        #expect(try await connection.response().status == 200)
    }

    /// A POST that may have arrived is never sent again by itself.
    @Test(arguments: ["cut/before", "cut/mid-head", "cut/reset", "hold/post"])
    func sendsAPostOnce(behaviour: String) async throws {
        let deployment = try await Self.hurried.value
        let mark = uniqueMark()
        // Twice on a warm pool: libcurl by itself would repeat on a reused connection.
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        let call = Call.json("POST", "/users/alice/api/v1/magic/\(behaviour)?\(mark)", "{}")
        try expectProblem(await deployment.send(call), .outcomeUnknown)
        #expect(try deployment.upstream.records(marked: mark).count == 1)
    }

    @Test func answersWhileTheUpstreamIsGoneAndRecoversWithIt() async throws {
        let deployment = try await Deployment(settings: ["UPSTREAM_CONNECT_TIMEOUT": "1s", "UPSTREAM_TIMEOUT": "2s"])
        let call = Call.get("/users/alice/oauth/user")
        _ = try await deployment.forward(call)
        try await deployment.upstream.kill()
        for _ in 0..<3 {
            let problem = try expectProblem(await deployment.send(call, within: .seconds(10)), .upstreamUnreachable)
            #expect(!problem.detail.contains(deployment.credentials.users[0].token))
        }
        try await deployment.restartUpstream()
        #expect(try await deployment.forward(call).record.verdict == "ok")
    }

    @Test func failsACallThatIsUnderWayWhenTheUpstreamDies() async throws {
        let deployment = try await Deployment()
        let mark = uniqueMark()
        let connection = try deployment.connect()
        try await connection.send(deployment.bytes(of: .json("POST", "/users/alice/api/v1/magic/hold/\(mark)", "{}")))
        try await deployment.upstream.received(mark)
        try await deployment.upstream.kill()
        try expectProblem(await connection.response(), .outcomeUnknown)
    }

    @Test func refusesAnUpstreamWithAForeignCertificate() async throws {
        let deployment = try await Deployment.shared()
        let directory = try TemporaryDirectory("tls")
        let stranger = try await TestCertificates.make(in: directory)
        let other = try await Deployment(settings: ["UPSTREAM_CA_FILE": stranger.authority])
        try expectProblem(await other.send(.get("/users/alice/oauth/user")), .upstreamTLS)
        #expect(try other.upstream.records().isEmpty)
        #expect(try await deployment.send(.get("/users/alice/oauth/user")).status == 200)
    }
}
