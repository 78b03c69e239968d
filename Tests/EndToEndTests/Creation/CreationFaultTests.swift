// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// After any creation of a home user, `user list`, the sandbox and what the caller was told agree.
struct CreationFaultTests {
    private static let target = "/users/developer/api/v1/wego_home/users"

    private static func create(
        _ name: String, _ gateway: SandboxedGateway, headers: [String] = []
    ) async throws -> RawResponse {
        try await gateway.send("POST", target, EndpointCall.newUser(name), headers: headers)
    }

    private static func script(_ fault: String, _ gateway: SandboxedGateway) async throws {
        try await gateway.sandbox.script(
            #"{"match": {"method": "POST", "path_prefix": "/api/v1/wego_home/users"}, "fault": \#(fault)}"#)
    }

    private static func boxed(_ settings: [String: String] = [:]) async throws -> SandboxedGateway {
        try await SandboxedGateway(SandboxState(users: ["alice", "bob"]), settings: settings)
    }

    @Test func everybodyAgreesAfterAnyFault() async throws {
        let gateway = try await Self.boxed()
        for (number, fault) in CreationFault.all.enumerated() {
            let name = "new\(number)"
            try await Self.script(fault.fault, gateway)
            try await fault.check(name, Self.create(name, gateway), gateway)
            let before = try await gateway.sandbox.arrivalCount()
            let again = try await Self.create(name, gateway)
            if case .free = fault.left {
                try again.expect(200, "\(fault.name), once more")
                #expect(try await gateway.user(name)?.state == "active")
            } else {
                try again.expect(409, "\(fault.name), once more")
                #expect(again.bodyText.contains("problem:store-name-taken\""))
                #expect(try await gateway.sandbox.arrivalCount() == before)
            }
        }
    }

    /// These pause the developer's credential, so each has a gateway of its own.
    @Test(arguments: [(429, CreationFault.Left.free), (503, .unknown)])
    func everybodyAgreesAfterBeingTurnedAway(status: Int, left: CreationFault.Left) async throws {
        let gateway = try await Self.boxed()
        let fault = CreationFault("status \(status)", #"{"retry_after": 1, "status": \#(status)}"#, status, nil, left)
        try await Self.script(fault.fault, gateway)
        let answer = try await Self.create("nina", gateway)
        #expect(answer.header("retry-after") == "1")
        try await fault.check("nina", answer, gateway)
    }

    @Test func everybodyAgreesAfterATimeout() async throws {
        let gateway = try await Self.boxed(["UPSTREAM_TIMEOUT": "1s", "UPSTREAM_CONNECT_TIMEOUT": "1s"])
        let fault = CreationFault("late", #"{"delay": "4s"}"#, 504, "outcome-unknown", .unknown, exists: true)
        try await Self.script(fault.fault, gateway)
        try await fault.check("nina", Self.create("nina", gateway), gateway)
    }

    @Test func everybodyAgreesWhenNothingWasSent() async throws {
        let gateway = try await Self.boxed(["UPSTREAM_BASE_URL": "http://127.0.0.1:1"])
        let answer = try await Self.create("nina", gateway)
        try expectProblem(answer, .upstreamUnreachable)
        #expect(try await gateway.user("nina") == nil)
        #expect(try await gateway.sandbox.arrivalCount() == 0)
    }

    /// The name is taken before the call goes out, so only one of two can go.
    @Test func twoCreationsUnderOneNameDoNotBothGoOut() async throws {
        let gateway = try await Self.boxed()
        try await Self.script(#"{"delay": "500ms"}"#, gateway)
        async let first = Self.create("nina", gateway)
        async let second = Self.create("nina", gateway)
        #expect(try await Set([first.status, second.status]) == [200, 409])
        #expect(try await gateway.sandbox.arrivalCount() == 1)
        #expect(try await gateway.sandbox.user("nina")?.tokens == 1)
    }

    @Test func whatCannotBeStoredIsNotCreated() async throws {
        let gateway = try await Self.boxed()
        let store = "Wego-Gateway-Store-As: "
        for (headers, status) in [
            ([store + "no/slash"], 400), ([store + ""], 400), ([store + "-x"], 400), ([store + "a", store + "b"], 400),
            ([store + String(repeating: "a", count: 65)], 400), ([store + "alice"], 409), ([store + "developer"], 409),
        ] {
            try await Self.create("nina", gateway, headers: headers).expect(status, "\(headers)")
        }
        let body = EndpointCall.newUser("not a name")
        try await gateway.send("POST", Self.target, body).expect(400, "a username that is no name of ours")
        let asAlice = try await gateway.send(
            "POST", "/users/alice/api/v1/wego_home/users", EndpointCall.newUser("nina"))
        try asAlice.expect(403, "alice is no developer")
        #expect(try await gateway.user("nina") == nil)
        #expect(try await gateway.sandbox.arrivalCount() == 0)
        try await gateway.send("POST", Self.target, body, headers: [store + "fine"]).expect(200, "another name of ours")
        #expect(try await gateway.user("fine")?.state == "active")
        #expect(try await gateway.sandbox.user("not a name") != nil)
    }

    /// The operator says where in the sealed answer the pair is; what was sealed works.
    @Test func aQuarantinedAnswerIsResolved() async throws {
        let gateway = try await Self.boxed()
        func text(_ file: String) throws -> String {
            try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines)
        }
        let (token, secret) = (
            try text(gateway.sandbox.tokenFile("bob")), try text(gateway.sandbox.secretFile("bob"))
        )
        try await Self.script(
            #"{"status": 200, "body": {"data": [{"t": "\#(token)", "s": "\#(secret)"}]}}"#, gateway)
        let answer = try await Self.create("nina", gateway)
        try answer.expect(502, "an answer in an unknown form")
        let entry = try #require(try await gateway.quarantined("nina").first)
        #expect(answer.bodyText.contains(entry.id) && !answer.bodyText.contains(secret))
        let outline = try await gateway.command("user", "quarantine", "show", entry.id)
        #expect(outline.contains("/data/0/t") && !outline.contains(secret) && !outline.contains(token))
        try await gateway.command(
            "user", "quarantine", "resolve", entry.id, "--token-member", "/data/0/t", "--secret-member", "/data/0/s")
        let call = try await gateway.send("GET", "/users/nina/oauth/user")
        #expect(call.status == 200 && call.bodyText.contains("bob"))
        #expect(try await gateway.quarantined("nina").isEmpty)
    }
}
