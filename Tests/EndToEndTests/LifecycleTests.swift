// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// Starting, being watched, and stopping.
struct LifecycleTests {
    @Test(arguments: ["/startupz", "/livez", "/readyz"])
    func saysThatItIsWell(path: String) async throws {
        let deployment = try await Deployment.shared()
        #expect(try await deployment.ops(path).status == 200)
    }

    @Test func countsWhatItDoes() async throws {
        let deployment = try await Deployment.shared()
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
        let response = try await deployment.ops("/metrics")
        #expect(response.status == 200)
        #expect(response.header("content-type")?.hasPrefix("text/plain") == true)
        #expect(response.bodyText.contains("# TYPE"))
        #expect(response.bodyText.contains("_bucket{"))
        // Labels come from closed sets: no names of people.
        #expect(!response.bodyText.contains("alice"))
    }

    @Test func servesNothingElseOnTheOpsAddress() async throws {
        let deployment = try await Deployment.shared()
        #expect(try await deployment.ops("/users/alice/oauth/user").status == 404)
        let response = try await deployment.send(.get("/metrics"))
        try expectProblem(response, .pathNotForwarded)
    }

    @Test func finishesWorkInFlightWhenTerminated() async throws {
        let deployment = try await Deployment()
        let mark = uniqueMark()
        let busy = try deployment.connect()
        try await busy.send(deployment.bytes(of: .get("/users/alice/api/v1/magic/hold/\(mark)")))
        try await deployment.upstream.received(mark)
        deployment.gateway.send(signal: SIGTERM)
        try await notReady(deployment)
        try deployment.upstream.release(mark)
        let response = try await busy.response()
        #expect(response.status == 200)
        #expect(try UpstreamRecord(response.body).verdict == "ok")
        #expect(try await deployment.gateway.exitStatus() == 0)
        #expect(throws: SystemCallFailure.self) { try deployment.connect() }
    }

    @Test func stopsEvenIfWorkNeverEnds() async throws {
        let deployment = try await Deployment(settings: ["SHUTDOWN_DRAIN_TIMEOUT": "500ms"])
        let mark = uniqueMark()
        let busy = try deployment.connect()
        try await busy.send(deployment.bytes(of: .get("/users/alice/api/v1/magic/hold/\(mark)")))
        try await deployment.upstream.received(mark)
        deployment.gateway.send(signal: SIGTERM)
        #expect(try await deployment.gateway.exitStatus() == 0)
    }

    @Test func keepsWhatItWasGivenAcrossARestart() async throws {
        let deployment = try await Deployment()
        deployment.gateway.send(signal: SIGTERM)
        #expect(try await deployment.gateway.exitStatus() == 0)
        let again = try await Deployment.serve(in: deployment.directory, settings: [:])
        let port = try await Announcement.port(Deployment.announcement(of: again).listen)
        let connection = try RawConnection.tcp(port: port)
        var call = Call.get("/users/alice/oauth/user")
        call.host = "localhost:\(port)"
        try await connection.send(deployment.bytes(of: call))
        #expect(try await UpstreamRecord(connection.response().body).verdict == "ok")
    }

    /// Waits until the gateway says it is not ready, or no longer answers there.
    private func notReady(_ deployment: Deployment) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while let response = try? await deployment.ops("/readyz"), response.status == 200 {
            try #require(ContinuousClock.now < deadline, "still ready after SIGTERM")
        }
    }
}
