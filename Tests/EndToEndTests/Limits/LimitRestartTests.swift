// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

struct LimitRestartTests {
    private static let settings = ["LIMITS_HOME_USER_WINDOWS": "3/d"]
    private static let call = Call.get("/users/alice/oauth/user")

    /// Three of three calls of the day are made; then the gateway ends as `end` says and another one starts.
    private func restart(_ end: (ChildProcess) async throws -> Void) async throws -> RawResponse {
        let deployment = try await Deployment(settings: Self.settings)
        for _ in 0..<3 { _ = try await deployment.forward(Self.call) }
        try expectProblem(await deployment.send(Self.call), .quotaExceeded)
        try await end(deployment.gateway)
        let next = try await Deployment.serve(in: deployment.directory, settings: Self.settings)
        let port = try Announcement.port(try await Deployment.announcement(of: next).listen)
        let connection = try RawConnection.tcp(port: port)
        var call = Self.call
        call.host = "127.0.0.1:\(port)"
        try await connection.send(deployment.bytes(of: call))
        let response = try await connection.response()
        next.send(signal: SIGTERM)
        _ = try await next.exitStatus()
        return response
    }

    @Test func aStopKeepsTheDaysQuota() async throws {
        let response = try await restart { gateway in
            gateway.send(signal: SIGTERM)
            let status = try await gateway.exitStatus()
            #expect(status == 0)
        }
        #expect(response.status == 429)
        #expect(response.bodyText.contains(#""violated-policies":["home-user-day"]"#))
        #expect(Int(response.header("retry-after") ?? "").map { (20_000...28_800).contains($0) } == true)
    }

    /// Faster than the file is written: what is missing there is in the journal.
    @Test func aKillKeepsTheDaysQuota() async throws {
        let response = try await restart { gateway in
            gateway.send(signal: SIGKILL)
            _ = try await gateway.exitStatus()
        }
        #expect(response.status == 429)
        #expect(response.bodyText.contains(#""violated-policies":["home-user-day"]"#))
    }

    @Test func aFileThatWasCutIsNotTakenForFullLimits() async throws {
        let deployment = try await Deployment(settings: Self.settings)
        _ = try await deployment.forward(Self.call)
        deployment.gateway.send(signal: SIGTERM)
        _ = try await deployment.gateway.exitStatus()
        let file = deployment.directory.file("state/limits")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try String(text.dropLast(3)).write(toFile: file, atomically: true, encoding: .utf8)
        let result = try await Binary.run(["serve", "--config", deployment.configuration])
        #expect(result.status == 3)
        #expect(result.errors.contains("state/limits cannot be used") && result.errors.contains("Remove it"))
    }
}
