// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import TestSupport
import Testing

/// Too many calls are refused before they cost the upstream anything.
struct LimitTests {
    @Test func refusesWhatIsOverAHomeUsersRate() async throws {
        let deployment = try await Deployment(settings: [
            "LIMITS_HOME_USER_RATE": "1/h", "LIMITS_HOME_USER_BURST": "3",
        ])
        let call = Call.get("/users/alice/oauth/user")
        for _ in 0..<3 {
            let (response, _) = try await deployment.forward(call)
            #expect(response.header("ratelimit") != nil)
        }
        let refused = try await deployment.send(call)
        try expectProblem(refused, .quotaExceeded)
        let seconds = try #require(refused.header("retry-after").flatMap { Int($0) })
        #expect((1...3600).contains(seconds))
        #expect(try deployment.upstream.records().count == 3)
        // Others go on.
        _ = try await deployment.forward(.get("/users/dora/oauth/user"))
    }

    @Test func refusesWhatIsOverAHomeUsersConcurrency() async throws {
        let deployment = try await Deployment(settings: ["LIMITS_HOME_USER_CONCURRENCY": "1"])
        let mark = uniqueMark()
        let busy = try deployment.connect()
        try await busy.send(deployment.bytes(of: .get("/users/alice/api/v1/magic/hold/\(mark)")))
        try await deployment.upstream.received(mark)
        try expectProblem(await deployment.send(.get("/users/alice/oauth/user")), .quotaExceeded)
        try deployment.upstream.release(mark)
        #expect(try await busy.response().status == 200)
        _ = try await deployment.forward(.get("/users/alice/oauth/user"))
    }

    @Test func theCommandShowsWhatHolds() async throws {
        let deployment = try await Deployment.shared()
        let shown = try await Binary.succeed([
            "limits", "show", "alice", "--tenant", "acme", "--config", deployment.configuration,
        ])
        #expect(shown.contains("QUOTA") && shown.contains("1000000"), "\(shown)")
    }
}
