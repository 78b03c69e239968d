// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import Foundation
import Hummingbird
import RateLimits
import StrictJSON
import Testing

@testable import ControlPlane

/// Changes through the admin API and the audit journal.
struct RecordingTests {
    @Test func everyChangeIsRecordedBeforeItIsMadeAndWhenItHasEnded() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        try await fixture.send(.post, "/v1/users/alice/state", #"{"state": "frozen"}"#)
        try await fixture.send(.post, "/v1/callers/billing/rotate", "{}")
        try await fixture.send(.delete, "/v1/callers/billing")
        try await fixture.send(.delete, "/v1/users/alice")
        let events = fixture.journal.events
        #expect(events.map(\.result) == Array(repeating: [.begun, .done], count: 8).flatMap { $0 })
        let actions: [AdminEvent.Action] = [.add, .add, .import, .add, .freeze, .rotate, .remove, .remove]
        #expect(events.map(\.action) == actions.flatMap { [$0, $0] })
        for (begun, done) in zip(events, events.dropFirst()) where begun.result == .begun {
            #expect(begun.requestID == done.requestID && begun.requestID?.count == 32)
            #expect(begun.old == done.old && begun.new == nil)
            #expect(done.old != done.new)
            #expect(begun.actor.hasPrefix("operator"))
        }
    }

    @Test func namesWhatWasChangedAndNoValue() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        let events = fixture.journal.events
        #expect(events[0].object == .tenant("acme") && events[0].old == nil && events[1].new != nil)
        #expect(events[2].object == .consumer("app") && events[2].tenant == "acme")
        // The pseudonym needs the key that comes with the user.
        #expect(events[4].object == .user(nil))
        let alice = try #require(
            fixture.journal.names.user(fixture.store.snapshot.homeUser(named("alice"), in: named("acme"))))
        #expect(events[5].object == .user(alice))
        try await fixture.send(.delete, "/v1/users/alice")
        #expect(fixture.journal.events.suffix(2).map(\.object) == [.user(alice), .user(alice)])
        #expect(fixture.journal.events.last?.new == nil)
        let text = "\(fixture.journal.events)"
        #expect(!text.contains(AdminFixture.marker) && !text.contains("alice"))
    }

    @Test func nothingIsChangedThatCannotBeRecorded() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        fixture.journal.refuse(after: 0)
        let changes: [(HTTPRequest.Method, String, String)] = [
            (.post, "/v1/tenants", #"{"name": "other"}"#), (.delete, "/v1/users/alice", ""),
            (.post, "/v1/users/alice/state", #"{"state": "frozen"}"#), (.post, "/v1/callers/billing/rotate", "{}"),
            (.delete, "/v1/callers/billing", ""),
        ]
        let generation = fixture.store.snapshot.generation
        for (method, target, body) in changes {
            let answer = try await fixture.send(method, target, body)
            #expect(answer.status == 503)
            #expect(try answer.root["type"]?.string?.hasSuffix(":audit-unavailable") == true)
            #expect(try answer.root["detail"]?.string?.contains("/audit: full") == true)
        }
        #expect(fixture.store.snapshot.generation == generation)
        #expect(try await fixture.send(.get, "/v1/users").status == 200)
    }

    /// A key that nobody can be held to must not leave.
    @Test func aChangeWhoseEndCannotBeRecordedIsNotAcknowledged() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        fixture.journal.refuse(after: 1)
        let answer = try await fixture.send(.post, "/v1/callers", #"{"name": "other"}"#)
        #expect(answer.status == 503)
        #expect(try answer.root["type"]?.string?.hasSuffix(":outcome-not-recorded") == true)
        #expect(!answer.text.contains("wgk_"))
    }

    @Test func whatWasRefusedIsRecordedAsSuch() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        for (target, body) in [
            ("/v1/tenants", #"{"name": "acme"}"#), ("/v1/tenants", #"{"name": "no name"}"#),
            ("/v1/tenants", "nonsense"),
        ] {
            let answer = try await fixture.send(.post, target, body)
            #expect((400...409).contains(answer.status))
        }
        let events = fixture.journal.events.suffix(6)
        #expect(events.map(\.result) == [.begun, .failed, .begun, .failed, .begun, .failed])
        #expect(events.compactMap(\.problem) == ["already-exists", "invalid-request", "invalid-request"])
        #expect(events.map(\.object.name) == ["acme", "acme", "(none)", "(none)", "(none)", "(none)"])
        for event in events where event.result == .failed { #expect(event.new == event.old) }
    }

    @Test func readsCallsAndUnknownPathsLeaveNoTrace() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        let count = fixture.journal.events.count
        _ = try await fixture.send(.get, "/v1/users")
        _ = try await fixture.send(
            .post, "/v1/call", #"{"user": "alice", "method": "GET", "path": "/api/v1/wego_home/building"}"#)
        _ = try await fixture.send(.post, "/v1/elsewhere", "{}")
        #expect(fixture.journal.events.count == count)
    }

    @Test(arguments: [
        ("/v1/tenants", HTTPRequest.Method.post, "", AdminChange.Subject.tenant, AdminEvent.Action.add),
        ("/v1/consumers/{name}/rotate", .post, "", .consumer, .rotate),
        ("/v1/users", .post, "", .user, .import), ("/v1/users/{name}", .delete, "", .user, .remove),
        ("/v1/users/{name}/state", .post, #"{"state": "active"}"#, .user, .thaw),
        ("/v1/users/{name}/state", .post, #"{"state": "revoked"}"#, .user, .revoke),
        ("/v1/quarantine/{name}/resolve", .post, "{}", .quarantined, .resolve),
        ("/v1/quarantine/{name}", .delete, "", .quarantined, .discard),
        ("/v1/limits/{kind}/{name}", .put, "{}", .limits(kind: "caller"), .change),
        ("/v1/limits/{kind}/{name}", .delete, "", .limits(kind: "caller"), .remove),
        ("/v1/keys/rotate", .post, "", .operation("/v1/keys/rotate"), .rotate),
        ("/v1/something/{name}/new", .post, "", .operation("/v1/something/{name}/new"), .change),
    ])
    func knowsWhatAnOperationChanges(
        endpoint: String, method: HTTPRequest.Method, body: String, subject: AdminChange.Subject,
        action: AdminEvent.Action
    ) throws {
        let change = try #require(
            AdminChange(
                method: method, endpoint: endpoint, name: "x", kind: "caller", tenant: nil,
                body: try? JSONDocument.parse(Array(body.utf8)).root, snapshot: Snapshot()))
        #expect(change.subject == subject && change.action == action && change.name == "x")
    }

    @Test func limitsOfAHomeUserDoNotTellItsName() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        let change = try #require(
            AdminChange(
                method: .put, endpoint: "/v1/limits/{kind}/{name}", name: "alice", kind: "home-user", tenant: nil,
                body: nil, snapshot: fixture.store.snapshot))
        let before = change.entry(in: fixture.store.snapshot, fixture.journal.names)
        let alice = fixture.journal.names.user(
            fixture.store.snapshot.homeUser(try named("alice"), in: try named("acme")))
        #expect(before.object == .limits("home-user \(alice?.text ?? "")") && before.state == nil)
        try fixture.store.setLimits(
            LimitAdjustment(burst: 3), of: .homeUser(named("alice"), in: named("acme")), note: nil, keepingRest: false)
        #expect(change.entry(in: fixture.store.snapshot, fixture.journal.names).state != nil)
    }

    @Test func findsTheNameOfAHomeUserInTheJournal() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        let answer = try await fixture.send(.get, "/v1/users/alice/pseudonym")
        #expect(try answer.root["pseudonym"]?.string?.hasPrefix("usr_") == true)
        try fixture.store.destroyHomeUser(named("alice"), in: named("acme"))
        #expect(try await fixture.send(.get, "/v1/users/alice/pseudonym").status == 410)
        #expect(try await fixture.send(.get, "/v1/users/nobody/pseudonym").status == 404)
    }
}

private func named<Kind>(_ text: String) throws -> Name<Kind> { try #require(Name(text)) }
