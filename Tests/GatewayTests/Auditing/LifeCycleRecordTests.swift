// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl
import Custody
import TestSupport
import Testing

@testable import Gateway

/// What the gateway itself changes in custody stands in the journal, before the outcome of the call that led to it.
struct LifeCycleRecordTests {
    private func run(
        _ upstream: ScriptedUpstream, _ body: (GatewayFixture, ScriptedJournal) async throws -> Void
    ) async throws {
        let journal = ScriptedJournal()
        let names = Pseudonyms(key: Array(repeating: 7, count: Pseudonyms.keyBytes))
        try await GatewayFixture.run(
            upstream,
            change: { _, services in
                services.journal = journal
                services.pseudonyms = names
            }, { try await body($0, journal) })
    }

    private func changes(_ journal: ScriptedJournal) -> [AdminEvent] {
        journal.entries.current.compactMap { if case .change(let event) = $0 { event } else { nil } }
    }

    @Test func aUserThatBecomesSuspectAndActiveAgain() async throws {
        let upstream = ScriptedUpstream { number, _ in .answer(number == 0 ? 401 : 200, [], "{}") }
        try await run(upstream) { gateway, journal in
            let refused = try await gateway.call("GET", "/users/alice/oauth/user")
            _ = try await gateway.call("GET", "/users/alice/oauth/user")
            let events = changes(journal)
            #expect(events.map(\.action) == [.suspect, .activate])
            #expect(events.allSatisfy { $0.actor == "gateway" && $0.tenant == "north" && $0.result == nil })
            #expect(events[0].requestID == refused.header("wego-gateway-request-id"))
            #expect(events[0].new == events[1].old && events[0].old != events[0].new)
            guard case .intent(let intent, _)? = journal.entries.current.first else {
                Issue.record("no intent")
                return
            }
            #expect(events[0].object == .user(intent.user) && intent.user != nil && intent.digest != nil)
            let kinds = journal.entries.current.map { entry in
                switch entry {
                case .intent: "intent"
                case .outcome: "outcome"
                case .denial: "denial"
                case .change: "change"
                }
            }
            #expect(kinds == ["intent", "change", "outcome", "intent", "change", "outcome"])
        }
    }

    @Test func aUserThatIsDestroyedIsNamedAsBefore() async throws {
        try await run(.answering(204)) { gateway, journal in
            _ = try await gateway.call("DELETE", "/users/alice/api/v1/wego_home/user")
            let event = try #require(changes(journal).first)
            #expect(event.action == .destroy && event.actor == "caller:backend")
            #expect(event.object.name?.hasPrefix("usr_") == true && event.new != nil)
        }
    }

    @Test func aUserThatIsCreatedAndNoneThatIsNot() async throws {
        let body = #"{"email":"a@b.c","first_name":"A","last_name":"B","username":"carol","password":"p"}"#
        let upstream = ScriptedUpstream { number, _ in
            number == 0
                ? .answer(422, [], "{}") : .answer(201, [], #"{"oauth_token_key":"t","oauth_token_secret":"s"}"#)
        }
        try await run(upstream) { gateway, journal in
            try gateway.addDeveloper()
            _ = try await gateway.call("POST", "/users/dev/api/v1/wego_home/users", body: body)
            #expect(changes(journal).isEmpty)
            _ = try await gateway.call("POST", "/users/dev/api/v1/wego_home/users", body: body)
            let event = try #require(changes(journal).first)
            #expect(gateway.user("carol")?.state == .active)
            #expect(event.action == .add && event.actor == "caller:backend" && event.object.name != nil)
        }
    }

    @Test func aUserWhoseCredentialTheStoreDoesNotTakeIsQuarantined() async throws {
        let body = #"{"email":"a@b.c","first_name":"A","last_name":"B","username":"carol","password":"p"}"#
        let token = String(repeating: "t", count: CustodyLimits().maximumSecretLength + 1)
        let answer = #"{"oauth_token_key":"\#(token)","oauth_token_secret":"s"}"#
        try await run(.answering(201, [], answer)) { gateway, journal in
            try gateway.addDeveloper()
            let response = try await gateway.call("POST", "/users/dev/api/v1/wego_home/users", body: body)
            #expect(response.slug == "answer-quarantined")
            #expect(changes(journal).map(\.action) == [.quarantine])
        }
    }

    /// Salted with the user's key, like the pseudonym: who has lost that cannot try guesses.
    @Test func equalUsersHaveOtherFingerprints() throws {
        let names = try #require(Pseudonyms(key: Array(repeating: 7, count: Pseudonyms.keyBytes)))
        func access(_ salt: String?) throws -> HomeUserAccess {
            HomeUserAccess(
                user: HomeUser(
                    tenant: try #require(TenantName("t")), name: try #require(HomeUserName("a")),
                    consumer: try #require(ConsumerName("c")), isDeveloper: false, state: .active, reason: nil,
                    since: 0, created: 0, credentialVersion: 1, hasCredential: true),
                credential: nil, keyIdentifier: salt)
        }
        let prints = try ["a", "a", "b", nil].map { names.fingerprint(of: try access($0)) }
        #expect(prints[0] != nil && prints[0] == prints[1] && prints[0] != prints[2] && prints[3] == nil)
    }

    @Test func digestsTellEqualCallsOfOneUserFromOthers() throws {
        let names = try #require(Pseudonyms(key: Array(repeating: 7, count: Pseudonyms.keyBytes)))
        func digest(_ salt: String, _ method: String, _ target: String, _ body: String) -> Fingerprint {
            Array(body.utf8).withUnsafeBytes { body in
                names.request(salt: salt, method: method, target: Array(target.utf8), body: body)
            }
        }
        let one = digest("a", "POST", "/x", "{}")
        #expect(one == digest("a", "POST", "/x", "{}") && one.text.count == 35)
        for other in [
            digest("b", "POST", "/x", "{}"), digest("a", "PUT", "/x", "{}"), digest("a", "POST", "/x{", "}"),
            digest("aP", "OST", "/x", "{}"),
        ] {
            #expect(one != other)
        }
    }
}
