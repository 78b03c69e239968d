// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import TestSupport
import Testing

/// Creations of home users during which the gateway is killed, each at another system call, and what every one of them
/// leaves: a credential that works, an answer that waits sealed, or a name that stays taken.
final class CrashMatrix {
    /// When the counting of system calls begins.
    enum Moment: String, CaseIterable, Sendable {
        /// Before the caller's request arrives: the name is taken, the call goes out.
        case request
        /// When the call is on its way: the answer arrives, the pair is sealed, the answer goes on.
        case answer
        /// The same with an answer that goes into the quarantine.
        case strangeAnswer
    }

    /// Which system calls are counted: by name, by who makes them, and on what. Counts are kept for each thread, so one
    /// that comes after others of its name in other threads has to be meant by more than its name.
    struct Call: Sendable {
        let name: String
        /// How the names of the threads begin; nil for all.
        var thread: String?
        /// The directory, below that of the state, whose files are meant; nil for all files.
        var directory: String?

        var label: String { name + (thread.map { " of \($0)" } ?? "") + (directory.map { " in \($0)" } ?? "") }
    }

    /// What was found of one creation.
    enum Finding: Hashable {
        /// The call had not gone out.
        case free
        case active
        case unknown
        case quarantined
    }

    let moment: Moment
    let gateway: SandboxedGateway
    private(set) var findings: [Finding: Int] = [:]
    private var names: [String: Finding] = [:]

    init(_ moment: Moment) async throws {
        self.moment = moment
        gateway = try await SandboxedGateway(SandboxState(users: ["alice"], samples: false))
    }

    /// Kills the gateway when one of its threads makes this system call for the `count`-th time, starts it again and
    /// looks. False if the creation ends without that, which is looked at too.
    func run(_ call: Call, _ count: Int) async throws -> Bool {
        let name = "\(moment)-\(call.label.replacing(" ", with: "-"))-\(count)"
        if moment == .strangeAnswer { try await scriptStrangeAnswer() }
        let (answer, wasKilled) = try await create(name) { [gateway] in
            try await Tracer(
                on: gateway.process, ["\(call.name):signal=SIGKILL:when=\(count)"], thread: call.thread,
                paths: try call.directory.map { try gateway.stateFiles($0) } ?? [], in: gateway.directory)
        }
        if wasKilled {
            #expect(try await gateway.process.exitStatus() == 128 + SIGKILL)
            try await gateway.restart()
        }
        let finding = try await finding(name, answer)
        names[name] = finding
        findings[finding, default: 0] += 1
        return wasKilled
    }

    /// Nil for an answer that was not complete.
    private func create(
        _ name: String, attach: () async throws -> Tracer
    ) async throws -> (RawResponse?, wasKilled: Bool) {
        let gateway = gateway
        let creation = {
            Task { try? await gateway.send("POST", Self.target, EndpointCall.newUser(name)) }
        }
        guard moment != .request else {
            let tracer = try await attach()
            let answer = await creation().value
            try await tracer.detach()
            return (answer, await gateway.isGone())
        }
        // A sandbox that stands still lets the request wait in its socket.
        gateway.sandbox.pause()
        let task = creation()
        try await waitForReservation(of: name)
        let tracer = try await attach()
        gateway.sandbox.resume()
        let answer = await task.value
        try await tracer.detach()
        return (answer, await gateway.isGone())
    }

    private static let target = "/users/developer/api/v1/wego_home/users"

    private func waitForReservation(of name: String) async throws {
        let client = try gateway.client()
        let deadline = ContinuousClock.now + .seconds(20)
        while try await !client.send("GET", "/users/\(name)").bodyText.contains("\"state\":\"pending\"") {
            guard ContinuousClock.now < deadline else { throw TimedOut(what: "reservation", limit: .seconds(20)) }
        }
    }

    /// Bob's pair, where only a person finds it.
    private func scriptStrangeAnswer() async throws {
        let pair = try [gateway.sandbox.tokenFile("alice"), gateway.sandbox.secretFile("alice")].map {
            try String(contentsOfFile: $0, encoding: .utf8).trimmingCharacters(in: .newlines)
        }
        try await gateway.sandbox.removeFaults()
        try await gateway.sandbox.script(
            """
            {"match": {"method": "POST", "path_prefix": "/api/"}, "fault":
             {"status": 200, "body": {"values": ["\(pair[0])", "\(pair[1])"]}}}
            """)
    }

    // MARK: Looking

    private func finding(_ name: String, _ answer: RawResponse?) async throws -> Finding {
        let shown = try await gateway.send("GET", "/users/\(name)")
        if shown.status == 404 {
            #expect(answer?.status != 200, "\(name): told of, and not there")
            return .free
        }
        let state = shown.bodyText.firstMatch(of: /"state":"(\w+)"/).map { String($0.1) }
        if answer?.status == 200 { #expect(state == "active", "\(name)") }
        switch state {
        case "active":
            try await expectWorking(name, as: name)
            if answer?.status == 200 { #expect(try await isToldInTheJournal(name), "\(name)") }
            return .active
        case "unknown":
            try await expectHeld(name)
            guard let entry = try await gateway.quarantined(name).first else {
                // A credential is on the disk before anybody hears of it: killed later, it would not be lost.
                #expect(try await !isToldInTheJournal(name), "\(name)")
                return .unknown
            }
            try await gateway.command(
                "user", "quarantine", "resolve", entry.id, "--token-member", "/values/0", "--secret-member",
                "/values/1")
            try await expectWorking(name, as: "alice")
            return .quarantined
        default:
            Issue.record("\(name) is \(shown.bodyText)")
            return .unknown
        }
    }

    /// Whether the journal says that a credential, or the answer that holds it, was stored.
    private func isToldInTheJournal(_ name: String) async throws -> Bool {
        let rows = try await gateway.command("audit", "query", "--json", "--user", name, "--tenant", "acme")
        return rows.contains(#""action":"add""#) || rows.contains(#""action":"quarantine""#)
    }

    private func expectWorking(_ name: String, as username: String) async throws {
        let call = try await gateway.send("GET", "/users/\(name)/oauth/user")
        #expect(
            call.status == 200 && call.bodyText.contains("\"username\":\"\(username)\""), "\(name): \(call.bodyText)")
    }

    /// Nobody else gets the name, and the operator is told what to do.
    private func expectHeld(_ name: String) async throws {
        let before = try await gateway.sandbox.arrivalCount()
        let again = try await gateway.send("POST", Self.target, EndpointCall.newUser(name))
        #expect(again.status == 409, "\(name): \(again.bodyText)")
        #expect(try await gateway.sandbox.arrivalCount() == before, "\(name)")
    }

    /// Who is unknown but was created gets a new credential by the flow that asks the person.
    func checkThatConnectingHelps() async throws {
        let simulated = Set(try await gateway.sandbox.users().map(\.username))
        let name = try #require(names.first { $0.value == .unknown && simulated.contains($0.key) }?.key)
        let begun = try await gateway.send("POST", "/users/\(name)/connect", #"{"mode":"oob"}"#)
        let token = try #require(begun.bodyText.firstMatch(of: /oauth_token=(\w+)/), "\(begun.bodyText)").1
        let verifier = try await gateway.sandbox.consent(token: String(token), user: name)
        try await gateway.send(
            "POST", "/users/\(name)/connect/finish",
            #"{"oauth_token":"\#(token)","oauth_verifier":"\#(verifier)"}"#
        ).expect(200, "the end of the flow")
        try await expectWorking(name, as: name)
        names[name] = .active
    }

    /// At the end, when nothing can be on its way any more.
    func checkAgreement() async throws {
        let simulated = Set(try await gateway.sandbox.users().map(\.username))
        let listed = try await gateway.users()
        for (name, finding) in names {
            let user = listed.first { $0.user == name }
            switch finding {
            case .free: #expect(user == nil && !simulated.contains(name), "\(name)")
            case .active: #expect(user?.state == "active" && simulated.contains(name), "\(name)")
            case .unknown: #expect(user?.state == "unknown", "\(name)")
            case .quarantined: #expect(user?.state == "active", "\(name)")
            }
        }
    }
}
