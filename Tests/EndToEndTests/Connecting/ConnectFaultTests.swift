// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// Whatever goes wrong: `user list`, the sandbox and what the caller was told agree.
struct ConnectFaultTests {
    private static let oldTokens = 1

    @Test func keepsTheOldCredentialWhenTheNewOneIsRefused() async throws {
        let gateway = try await ConnectGateway()
        try await gateway.sandbox.script(
            #"{"match": {"path_prefix": "/oauth/user"}, "fault": {"status": 401}, "times": 2}"#)
        // As another person: what is in place can then be told by whom it belongs to.
        let page = try await gateway.connect("alice", as: "bob")
        #expect(page.status == 502 && page.bodyText.contains("The new access does not work"))
        #expect(try await gateway.state(of: "alice") == "active")
        let created = try await gateway.connect("carol")
        #expect(created.status == 502)
        #expect(try await gateway.state(of: "carol") == nil)
        #expect(try await gateway.identity(of: "alice") == "alice")
    }

    /// Faults of the exchange after which the sandbox has issued a token, or not, that nobody here has.
    @Test(arguments: [
        (#"{"cut": "after-read"}"#, 504, 0), (#"{"cut": "before-head"}"#, 504, 1), (#"{"cut": "mid-body"}"#, 504, 1),
        (#"{"status": 503}"#, 504, 0), (#"{"status": 401}"#, 502, 0), (#"{"status": 200, "body": "hello"}"#, 502, 0),
        (#"{"delay": "3s"}"#, 504, 1),
    ])
    func changesNothingWithoutAToken(_ fault: String, _ status: Int, _ lost: Int) async throws {
        let gateway = try await ConnectGateway(settings: ["UPSTREAM_TIMEOUT": "1s", "UPSTREAM_CONNECT_TIMEOUT": "1s"])
        for user in ["alice", "carol"] {
            let begun = try await gateway.begin(user, #"{"mode": "oob"}"#)
            let verifier = try await gateway.sandbox.verifier(as: user, at: begun.authorizeUrl)
            try await gateway.sandbox.script(
                #"{"match": {"path_prefix": "/oauth/access_token"}, "fault": \#(fault)}"#)
            let response = try await gateway.finish(user, begun, verifier)
            #expect(response.status == status, "\(response.bodyText)")
            #expect(try await gateway.finish(user, begun, verifier).status == 410)
            #expect(try await gateway.sandbox.tokens(of: user) == Self.oldTokens + lost)
        }
        #expect(try await gateway.sandbox.arrivals(at: "/oauth/access_token").count == 2)
        #expect(try await gateway.state(of: "carol") == nil)
        #expect(try await gateway.state(of: "alice") == "active")
        #expect(try await gateway.identity(of: "alice") == "alice")
    }

    @Test(arguments: [#"{"status": 503}"#, #"{"status": 401}"#, #"{"cut": "before-head"}"#, #"{"cut": "mid-body"}"#])
    func beginsNothingWithoutTemporaryCredentials(_ fault: String) async throws {
        let gateway = try await ConnectGateway()
        try await gateway.sandbox.script(#"{"match": {"path_prefix": "/oauth/request_token"}, "fault": \#(fault)}"#)
        let response = try await gateway.send("POST", "/users/carol/connect")
        #expect(response.status == 502, "\(response.bodyText)")
        #expect(try await gateway.state(of: "carol") == nil)
    }

    /// What WegoWise says at the first step holds for connections, their ends and calls alike.
    @Test func aPauseAskedForWhileConnectingHoldsForTheConsumer() async throws {
        let gateway = try await ConnectGateway()
        let begun = try await gateway.begin("carol", #"{"mode": "oob"}"#)
        let verifier = try await gateway.sandbox.verifier(as: "carol", at: begun.authorizeUrl)
        try await gateway.sandbox.script(
            #"{"match": {"path_prefix": "/oauth/request_token"}, "fault": {"retry_after": 12}}"#)
        let first = try await gateway.send("POST", "/users/dave/connect")
        #expect(first.status == 502 && first.bodyText.contains("connect-refused"), "\(first.bodyText)")
        for held in [
            try await gateway.send("POST", "/users/dave/connect"), try await gateway.finish("carol", begun, verifier),
            try await gateway.send("GET", "/users/alice/oauth/user"),
        ] {
            #expect(held.status == 503 && held.bodyText.contains("upstream-paused"), "\(held.bodyText)")
            #expect(Int(held.header("retry-after") ?? "").map { (1...12).contains($0) } == true)
        }
        #expect(try await gateway.sandbox.arrivals(at: "/oauth/request_token").count == 2)
        #expect(try await gateway.sandbox.arrivals(at: "/oauth/access_token").isEmpty)
        #expect(try await gateway.sandbox.arrivals(at: "/oauth/user").isEmpty)
        #expect(try await gateway.command("limits", "show", "--json").contains(#""state": "paused""#))
        // The verifier was not used up.
        var end = try await gateway.finish("carol", begun, verifier)
        for _ in 0..<20 where end.status == 503 {
            try await Task.sleep(for: .seconds(try #require(end.header("retry-after").flatMap { Int($0) })))
            end = try await gateway.finish("carol", begun, verifier)
        }
        #expect(end.status == 200, "\(end.bodyText)")
        #expect(try await gateway.identity(of: "carol") == "carol")
        #expect(try await gateway.sandbox.arrivals(at: "/oauth/access_token").count == 1)
    }

    /// Nobody knows whether the new credential works, or whose it is: it is in use, and is settled by the next process.
    @Test(arguments: [("alice", false, 3), ("bob", false, 4), ("bob", true, 4)])
    func settlesAnUnclearTrialAtTheNextStart(_ person: String, _ isRevoked: Bool, _ version: Int) async throws {
        let gateway = try await ConnectGateway(settings: ["UPSTREAM_TIMEOUT": "1s", "UPSTREAM_CONNECT_TIMEOUT": "1s"])
        #expect(try await gateway.connect("alice").status == 200)
        let begun = try await gateway.begin("alice", #"{"mode": "oob"}"#)
        let verifier = try await gateway.sandbox.verifier(as: person, at: begun.authorizeUrl)
        try await gateway.sandbox.script(#"{"match": {"path_prefix": "/oauth/user"}, "fault": {"delay": "2s"}}"#)
        let response = try await gateway.finish("alice", begun, verifier)
        #expect(response.status == 202 && response.bodyText.contains(#""confirmed":false"#), "\(response.bodyText)")
        #expect(try await gateway.state(of: "alice") == "active")
        if isRevoked { try await gateway.sandbox.revoke(person) }
        // The sandbox takes its time to note what it answered too late.
        try await eventually { try await gateway.sandbox.arrivals(at: "/oauth/user").count == 2 }
        try await gateway.killAndRestart()
        try await eventually { try await gateway.sandbox.arrivals(at: "/oauth/user").count == 3 }
        // Going back is a version of its own.
        try await eventually { try await gateway.version(of: "alice") == version }
        #expect(try await gateway.identity(of: "alice") == "alice")
        // Settled: the one after that has nothing to ask.
        let after = try await gateway.sandbox.arrivals(at: "/oauth/user").count
        try await gateway.killAndRestart()
        _ = try await gateway.command("user", "list")
        #expect(try await gateway.sandbox.arrivals(at: "/oauth/user").count == after)
    }

    @Test func anotherPersonDoesNotTakeOverAUser() async throws {
        let gateway = try await ConnectGateway()
        #expect(try await gateway.connect("alice").bodyText.contains("WegoWise account &quot;alice&quot;"))
        let page = try await gateway.connect("alice", as: "bob")
        #expect(page.status == 409 && page.bodyText.contains("This is another account"), "\(page.bodyText)")
        #expect(try await gateway.identity(of: "alice") == "alice")
        #expect(try await gateway.connect("alice").status == 200)
    }

    /// Killed when the new credential is on the disk, and before WegoWise has said whether it works.
    @Test func survivesAKillDuringTheTrial() async throws {
        let gateway = try await ConnectGateway()
        let begun = try await gateway.begin("carol", #"{"mode": "oob"}"#)
        let verifier = try await gateway.sandbox.verifier(as: "carol", at: begun.authorizeUrl)
        try await gateway.sandbox.script(#"{"match": {"path_prefix": "/oauth/user"}, "fault": {"delay": "20s"}}"#)
        let finish = Task { try await gateway.finish("carol", begun, verifier) }
        try await eventually { try await gateway.state(of: "carol") == "active" }
        try await gateway.killAndRestart()
        await #expect(throws: UnexpectedClose.self) { try await finish.value }
        try await eventually { try await gateway.sandbox.arrivals(at: "/oauth/user").contains { $0.status == 200 } }
        #expect(try await gateway.identity(of: "carol") == "carol")
        #expect(try await gateway.finish("carol", begun, verifier).status == 410)
    }

    /// Killed while the exchange is under way: whatever WegoWise issued is lost, and nothing here says otherwise.
    @Test func survivesAKillDuringTheExchange() async throws {
        let gateway = try await ConnectGateway()
        let begun = try await gateway.begin("alice", #"{"mode": "oob"}"#)
        let verifier = try await gateway.sandbox.verifier(as: "alice", at: begun.authorizeUrl)
        try await gateway.sandbox.script(
            #"{"match": {"path_prefix": "/oauth/access_token"}, "fault": {"delay": "20s"}}"#)
        let finish = Task { try await gateway.finish("alice", begun, verifier) }
        try await eventually { try await gateway.sandbox.tokens(of: "alice") == Self.oldTokens + 1 }
        try await gateway.killAndRestart()
        await #expect(throws: UnexpectedClose.self) { try await finish.value }
        #expect(try await gateway.finish("alice", begun, verifier).status == 410)
        #expect(try await gateway.identity(of: "alice") == "alice")
        #expect(try await gateway.connect("alice").status == 200)
    }

    @Test func leavesNoTraceOfASecret() async throws {
        let gateway = try await ConnectGateway()
        let begun = try await gateway.begin("carol", #"{"mode": "oob"}"#)
        let verifier = try await gateway.sandbox.verifier(as: "carol", at: begun.authorizeUrl)
        #expect(try await gateway.finish("carol", begun, verifier).status == 200)
        let target = try await gateway.sandbox.consent(as: "dave", at: try await gateway.begin("dave").authorizeUrl)
        #expect(try await gateway.callBack(target).status == 200)
        try await gateway.stop()
        let second = try #require(target.firstMatch(of: /oauth_verifier=([0-9a-f]+)/)?.1)
        var places = ["log": gateway.process.errors.bytes, "output": gateway.process.output.bytes]
        let root = gateway.directory.path
        for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init() {
            guard !name.hasPrefix("sandbox") else { continue }
            places[name] = FileManager.default.contents(atPath: "\(root)/\(name)").map { Array($0) }
        }
        #expect(places.count > 4)
        for secret in [verifier, String(second), begun.token] {
            for (place, bytes) in places {
                #expect(Data(bytes).range(of: Data(secret.utf8)) == nil, "a secret in \(place)")
            }
        }
    }
}

/// Waits for what another process does.
func eventually(within limit: Duration = .seconds(20), _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, "it did not happen")
        try await Task.sleep(for: .milliseconds(20))
    }
}
