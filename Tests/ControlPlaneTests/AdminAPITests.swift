// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import Testing

@testable import ControlPlane

struct AdminAPITests {
    @Test func keepsTenants() async throws {
        let fixture = try AdminFixture()
        #expect(try await fixture.send(.get, "/v1/tenants").text == #"{"tenants": []}"#)
        #expect(try await fixture.send(.post, "/v1/tenants", #"{"name": "acme"}"#).status == 201)
        #expect(try await fixture.send(.get, "/v1/tenants").list("tenants", of: "tenant") == ["acme"])
        #expect(try await fixture.send(.delete, "/v1/tenants/acme").status == 204)
        #expect(try await fixture.send(.get, "/v1/tenants").text == #"{"tenants": []}"#)
    }

    @Test func keepsConsumers() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        let rotated = try await fixture.send(
            .post, "/v1/consumers/app/rotate", #"{"key": "ck2", "secret": "\#(AdminFixture.marker)2"}"#)
        #expect(try rotated.root["key"]?.string == "ck2")
        #expect(try await fixture.send(.get, "/v1/consumers").list("consumers", of: "consumer") == ["app"])
        #expect(try await fixture.send(.delete, "/v1/consumers/app").status == 409)
        #expect(try await fixture.send(.delete, "/v1/users/alice").status == 204)
        #expect(try await fixture.send(.delete, "/v1/consumers/app").status == 204)
    }

    @Test func movesHomeUsersThroughTheirStates() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        for (state, member) in [("frozen", "frozen"), ("active", "active"), ("revoked", "revoked")] {
            let answer = try await fixture.send(
                .post, "/v1/users/alice/state", #"{"state": "\#(state)", "reason": "because"}"#)
            #expect(try answer.root["state"]?.string == member)
        }
        let shown = try await fixture.send(.get, "/v1/users/alice?tenant=acme")
        #expect(try shown.root["state"]?.string == "revoked")
        #expect(try shown.root["reason"]?.string == "because")
        #expect(fixture.store.snapshot.homeUser(HomeUserName("alice")!, in: TenantName("acme")!)?.credential == nil)
    }

    @Test(arguments: ["bob@example.org", "bob%40example.org"])
    func findsNamesThatAPathMayEscape(segment: String) async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        try await fixture.send(
            .post, "/v1/users", #"{"name": "bob@example.org", "consumer": "app", "token": "t", "token_secret": "s"}"#)
        #expect(try await fixture.send(.get, "/v1/users/\(segment)").root["user"]?.string == "bob@example.org")
        #expect(try await fixture.send(.put, "/v1/limits/home-user/\(segment)", #"{"burst": 1}"#).status == 400)
        #expect(try await fixture.send(.put, "/v1/limits/home-user/\(segment)", #"{"rate": "1/s"}"#).status == 200)
        #expect(try await fixture.send(.delete, "/v1/users/\(segment)").status == 204)
        #expect(try await fixture.send(.get, "/v1/users/bob%zz").status == 400)
    }

    @Test(arguments: ["suspect", "destroyed", "asleep"])
    func leavesTheGatewaysOwnStatesAlone(state: String) async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        let answer = try await fixture.send(.post, "/v1/users/alice/state", #"{"state": "\#(state)"}"#)
        #expect(answer.status == 400)
        #expect(try await fixture.send(.get, "/v1/users/alice").root["state"]?.string == "active")
    }

    @Test func showsACallersKeyOnce() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        let added = try await fixture.send(
            .post, "/v1/callers", #"{"name": "web", "users": ["alice"], "scopes": "read"}"#)
        let text = try #require(try added.root["key"]?.string)
        let key = try #require(CallerKey(text.utf8))
        let access = try #require(fixture.store.snapshot.caller(keyIdentifier: key.identifier))
        #expect(access.accepts(key) && access.scopes == .read)
        #expect(access.users == .listed([HomeUserName("alice")!]))
        let list = try await fixture.send(.get, "/v1/callers")
        #expect(list.text.contains(key.identifier))
        #expect(!list.text.contains(text))
    }

    @Test func rotatedCallersHaveTwoKeysUnlessToldOtherwise() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        try await fixture.send(.post, "/v1/callers/billing/rotate", "{}")
        #expect(try fixture.store.callers(in: nil)[0].keyIdentifiers.count == 2)
        try await fixture.send(.post, "/v1/callers/billing/rotate", #"{"drop_previous": true}"#)
        #expect(try fixture.store.callers(in: nil)[0].keyIdentifiers.count == 1)
        #expect(try await fixture.send(.delete, "/v1/callers/billing").status == 204)
    }

    @Test func callsThroughTheDataPlane() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        let answer = try await fixture.send(
            .post, "/v1/call",
            #"{"user": "alice", "method": "POST", "path": "/api/v1/x?a=b", "body_base64": "e30="}"#)
        #expect(answer.status == 200)
        guard case .number("207")? = try answer.root["status"]?.kind else {
            Issue.record("the upstream's status is missing")
            return
        }
        let body = try #require(try answer.root["body_base64"]?.string)
        #expect(body == "YWNtZSBhbGljZSBQT1NUIC9hcGkvdjEveD9hPWIge30=")  // acme alice POST /api/v1/x?a=b {}
        #expect(fixture.calls.asker?.hasPrefix("operator") == true)
    }

    @Test func explainsSignaturesWithoutSecrets() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        let answer = try await fixture.send(
            .post, "/v1/sign-explain", #"{"user": "alice", "method": "GET", "path": "/api/v1/x"}"#)
        #expect(try answer.root["base_string_uri"]?.string == "https://h.example/api/v1/x")
        #expect(!answer.text.contains(AdminFixture.marker))
    }

    /// One look at everything an operator can read.
    @Test func noAnswerHoldsASecret() async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        for target in ["/v1/status", "/v1/tenants", "/v1/consumers", "/v1/users", "/v1/users/alice", "/v1/callers"] {
            let answer = try await fixture.send(.get, target)
            #expect(answer.status == 200)
            #expect(!answer.text.contains(AdminFixture.marker), "\(target)")
        }
    }

    @Test func answersInProcessLikeOverASocket() async throws {
        let fixture = try AdminFixture()
        let added = try await fixture.api.perform(
            method: .post, target: "/v1/tenants", body: Array(#"{"name": "acme"}"#.utf8))
        #expect(added.status == 201)
        let missing = try await fixture.api.perform(
            method: .get, target: "/v1/users/alice", body: [])
        #expect(AdminProblem(body: missing.body)?.kind == "not-found")
    }
}
