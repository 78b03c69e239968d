// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// The three-legged flow through the built command: caller, person, sandbox.
struct ConnectFlowTests {
    @Test func connectsANewUser() async throws {
        let gateway = try await ConnectGateway()
        let begun = try await gateway.begin("carol")
        #expect(begun.authorizeUrl.hasPrefix(gateway.sandbox.url + "/oauth/authorize?oauth_token="))
        #expect(try await gateway.state(of: "carol") == nil)
        let target = try await gateway.sandbox.consent(as: "carol", at: begun.authorizeUrl)
        let page = try await gateway.callBack(target)
        #expect(page.status == 200 && page.bodyText.contains("<h1>Your account is connected</h1>"))
        #expect(page.header("content-security-policy")?.hasPrefix("default-src 'none'; style-src 'sha256-") == true)
        #expect(try await gateway.state(of: "carol") == "active")
        #expect(try await gateway.identity(of: "carol") == "carol")
        // A replay changes nothing.
        let replay = try await gateway.callBack(target)
        #expect(replay.status == 410 && replay.bodyText.contains("This link was used before"))
        #expect(try await gateway.identity(of: "carol") == "carol")
    }

    @Test func sendsThePersonBackToTheApplication() async throws {
        let gateway = try await ConnectGateway()
        let end = try await gateway.connect("bob", #"{"return_to":"https://app.example/done?id=7"}"#)
        #expect(end.status == 303)
        #expect(end.header("location") == "https://app.example/done?id=7&wego_user=bob&wego_result=connected")
        #expect(try await gateway.identity(of: "bob") == "bob")
    }

    @Test func tellsAPersonWhatWentWrong() async throws {
        let gateway = try await ConnectGateway()
        let foreign = try await gateway.callBack("/oauth/callback?oauth_token=foreign&oauth_verifier=x")
        #expect(foreign.status == 404 && foreign.bodyText.contains("This link is not known here"))
        let denied = try await gateway.begin("carol")
        let target = try await gateway.sandbox.consent("deny", as: "carol", at: denied.authorizeUrl)
        let page = try await gateway.callBack(target)
        #expect(page.status == 403 && page.bodyText.contains("Access was not granted"))
        #expect(try await gateway.state(of: "carol") == nil)
        // A verifier somebody made up.
        let begun = try await gateway.begin("carol")
        _ = try await gateway.sandbox.consent(as: "carol", at: begun.authorizeUrl)
        let made = try await gateway.callBack("/oauth/callback?oauth_token=\(begun.token)&oauth_verifier=made-up")
        #expect(made.status == 502 && made.bodyText.contains("WegoWise refused"))
        #expect(try await gateway.state(of: "carol") == nil)
        #expect(try await gateway.sandbox.tokens(of: "carol") == 1)
    }

    @Test func severalAtOnceAndAcrossAKill() async throws {
        let gateway = try await ConnectGateway()
        let names = ["bob", "carol", "dave", "erin"]
        var targets: [String] = []
        for name in names {
            targets.append(try await gateway.sandbox.consent(as: name, at: try await gateway.begin(name).authorizeUrl))
        }
        try await gateway.killAndRestart()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for target in targets { group.addTask { try await gateway.callBack(target).status } }
            for try await status in group { #expect(status == 200) }
        }
        for name in names { #expect(try await gateway.identity(of: name) == name) }
    }

    @Test func endsAfterItsTime() async throws {
        let gateway = try await ConnectGateway(settings: ["OAUTH_SESSION_LIFETIME": "1m"])
        let begun = try await gateway.begin("carol")
        let seconds = try #require(try? Date(begun.expiresAt, strategy: .iso8601)).timeIntervalSinceNow
        #expect((1...60).contains(seconds))
    }

    @Test func connectsOutOfBandByCommand() async throws {
        let gateway = try await ConnectGateway()
        try await outOfBand("carol", gateway)
        #expect(try await gateway.identity(of: "carol") == "carol")
        // The same without a gateway, for one that is known.
        try await gateway.stop()
        try await outOfBand("carol", gateway)
    }

    private func outOfBand(_ user: String, _ gateway: ConnectGateway) async throws {
        let command = try await ChildProcess(
            Binary.path, ["connect", user, "--oob", "--json"] + gateway.configuration,
            environment: ["WEGO_GATEWAY_UPSTREAM_BASE_URL": gateway.sandbox.url])
        let address = try await command.errors.line("the address") { $0.hasPrefix(gateway.sandbox.url) }
        try command.write(try await gateway.sandbox.verifier(as: user, at: address) + "\n")
        command.closeInput()
        #expect(try await command.exitStatus() == 0, "\(command.errors.text)")
        #expect(
            command.output.text.contains(#""state":"active""#) || command.output.text.contains(#""state": "active""#))
    }

    @Test func standsInTheJournal() async throws {
        let gateway = try await ConnectGateway()
        #expect(try await gateway.connect("carol").status == 200)
        let rows = try await gateway.command("audit", "query", "--json", "--oldest-first")
        var rest = rows[...]
        for route in ["/oauth/request_token", "/oauth/access_token", "/oauth/user"] {
            let place = try #require(rest.firstRange(of: route), "\(route) in \(rows)")
            rest = rest[place.upperBound...]
        }
        #expect(rows.contains("connect") && !rows.contains("carol"))
        _ = try await gateway.command("audit", "verify")
    }

    @Test func beginsByCommand() async throws {
        let gateway = try await ConnectGateway()
        let output = try await gateway.command("connect", "dave", "--json")
        let begun = try ConnectGateway.Begun(output.utf8)
        #expect(begun.user == "dave")
        let page = try await gateway.callBack(try await gateway.sandbox.consent(as: "dave", at: begun.authorizeUrl))
        #expect(page.status == 200)
        let refused = try await Binary.run(
            ["connect", "dave", "--return-to", "https://evil.example/"] + gateway.configuration)
        #expect(refused.status == 2 && refused.errors.contains("oauth.return_to"), "\(refused)")
    }
}
