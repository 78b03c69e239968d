// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// Kill -9, and disks that are full, at every step of the creation of a home user: see docs/custody.md.
struct CrashMatrixTests {
    /// What changes a file, makes it durable, wakes another thread, or sends; that of the event loop, which answers the
    /// caller, by itself; and that on the journal by itself.
    private static let calls: [CrashMatrix.Call] =
        ["pwrite64", "fdatasync", "fsync", "ftruncate", "write", "writev", "sendto", "sendmsg"].map { .init(name: $0) }
        + ["write", "writev"].map { .init(name: $0, thread: "NIO-ELT") }
        + ["write", "fdatasync"].map { .init(name: $0, directory: "audit") }

    /// More calls of one kind than a creation makes.
    private static let maximumCount = 80

    @Test(arguments: CrashMatrix.Moment.allCases)
    func noTokenIsLost(countingFrom moment: CrashMatrix.Moment) async throws {
        let matrix = try await CrashMatrix(moment)
        var kills: [String: Int] = [:]
        for call in Self.calls {
            var count = 1
            while try await matrix.run(call, count) {
                kills[call.label] = count
                count += 1
                try #require(count <= Self.maximumCount, "\(call.label) has no end")
            }
        }
        try await matrix.checkAgreement()
        if moment == .answer { try await matrix.checkThatConnectingHelps() }
        let findings = matrix.findings
        print("Killed while counting from \(moment): \(kills); found: \(findings)")
        // A matrix that kills nowhere, or always too early or too late, proves nothing.
        #expect(kills["pwrite64", default: 0] > 3 && kills["fdatasync", default: 0] > 0, "\(kills)")
        #expect(kills["write of NIO-ELT", default: 0] > 0 && kills["write in audit", default: 0] > 0, "\(kills)")
        #expect(findings[.unknown, default: 0] > 0, "\(findings)")
        let settled = moment == .strangeAnswer ? CrashMatrix.Finding.quarantined : .active
        #expect(findings[settled, default: 0] > Self.calls.count, "\(findings)")
        if moment == .request { #expect(findings[.free, default: 0] > 0, "\(findings)") }
    }

    // MARK: Full disks

    private static let target = "/users/developer/api/v1/wego_home/users"

    /// Lets writing to these files fail from when the answer to a creation arrives on.
    private func create(_ name: String, failing files: [String], _ gateway: SandboxedGateway) async throws
        -> RawResponse
    {
        gateway.sandbox.pause()
        let task = Task { try await gateway.send("POST", Self.target, EndpointCall.newUser(name)) }
        let client = try gateway.client()
        while try await !client.send("GET", "/users/\(name)").bodyText.contains("\"state\":\"pending\"") {}
        let tracer = try await Tracer(
            on: gateway.process, ["pwrite64:error=ENOSPC"], paths: files.map { gateway.directory.file("state/\($0)") },
            in: gateway.directory)
        gateway.sandbox.resume()
        let answer = try await task.value
        try await tracer.detach()
        #expect(try tracer.injected() > 0)
        return answer
    }

    @Test func anAnswerThatMeetsAFullDiskWaitsInTheEmergencyFile() async throws {
        let gateway = try await SandboxedGateway(SandboxState(users: ["alice"], samples: false))
        let answer = try await create("nina", failing: ["custody.sqlite-wal"], gateway)
        try answer.expect(502, "a full disk")
        #expect(answer.bodyText.contains("problem:answer-quarantined\""))
        let entry = try #require(try await gateway.quarantined("nina").first)
        #expect(answer.bodyText.contains(entry.id))
        try await gateway.kill()
        try await gateway.restart()
        #expect(try await gateway.user("nina")?.state == "unknown")
        try await gateway.command(
            "user", "quarantine", "resolve", entry.id, "--token-member", "/oauth_token_key", "--secret-member",
            "/oauth_token_secret")
        let call = try await gateway.send("GET", "/users/nina/oauth/user")
        #expect(call.status == 200 && call.bodyText.contains("nina"))
    }

    @Test func aLostCredentialIsToldAsLost() async throws {
        let gateway = try await SandboxedGateway(SandboxState(users: ["alice"], samples: false))
        let answer = try await create("nina", failing: ["custody.sqlite-wal", "quarantine/answers"], gateway)
        try answer.expect(500, "no room anywhere")
        #expect(answer.bodyText.contains("problem:credential-lost\""))
        #expect(try await gateway.quarantined("nina").isEmpty)
        try await gateway.kill()
        try await gateway.restart()
        #expect(try await gateway.user("nina")?.state == "unknown")
        try await gateway.send("POST", Self.target, EndpointCall.newUser("nina")).expect(409, "the name stays taken")
    }

    @Test func nothingIsSentWhenTheNameCannotBeTaken() async throws {
        let gateway = try await SandboxedGateway(SandboxState(users: ["alice"], samples: false))
        let tracer = try await Tracer(
            on: gateway.process, ["pwrite64:error=ENOSPC"], paths: [gateway.directory.file("state/custody.sqlite-wal")],
            in: gateway.directory)
        let answer = try await gateway.send("POST", Self.target, EndpointCall.newUser("nina"))
        try await tracer.detach()
        try answer.expect(503, "a full disk")
        #expect(answer.bodyText.contains("problem:custody-unavailable\""))
        #expect(try await gateway.user("nina") == nil)
        #expect(try await gateway.sandbox.arrivalCount() == 0)
        try await gateway.send("POST", Self.target, EndpointCall.newUser("nina")).expect(
            200, "when there is room again")
    }
}
