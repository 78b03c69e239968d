// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Foundation
import Testing

@testable import ControlPlane

struct AdminRefusalTests {
    @Test(arguments: [
        ("/v1/tenants", "", "The body is no JSON"),
        ("/v1/tenants", "[]", "must be a JSON object"),
        ("/v1/tenants", "{}", "name: missing"),
        ("/v1/tenants", #"{"name": 1}"#, "name: expected a string, found a number"),
        ("/v1/tenants", #"{"name": "a b"}"#, #"name: "a b" is no name"#),
        ("/v1/tenants", #"{"name": "a", "nmae": "b"}"#, "nmae: unknown member"),
        ("/v1/consumers", #"{"name": "x", "key": "k"}"#, "secret: missing"),
        ("/v1/consumers", #"{"name": "x", "key": "k", "secret": 5}"#, "secret: expected a string"),
        ("/v1/users", #"{"name": "x", "consumer": "app", "token": "t"}"#, "token_secret: missing"),
        (
            "/v1/users", #"{"name": "x", "consumer": "app", "token": "t", "token_secret": "s", "developer": "yes"}"#,
            "developer: expected true or false"
        ),
        ("/v1/callers", #"{"name": "x", "users": []}"#, "users: expected at least one name"),
        ("/v1/callers", #"{"name": "x", "users": "alice"}"#, "users: expected an array"),
        ("/v1/callers", #"{"name": "x", "scopes": "read,fly"}"#, "scopes: expected some of"),
        (
            "/v1/call", #"{"user": "alice", "method": "get", "path": "/api/v1/x"}"#,
            "method: expected a method in capitals"
        ),
        ("/v1/call", #"{"user": "alice", "method": "GET", "path": "api"}"#, "path: expected"),
        (
            "/v1/call", #"{"user": "alice", "method": "GET", "path": "/a", "body_base64": "*"}"#,
            "body_base64: expected base64"
        ),
    ])
    func namesTheMember(target: String, body: String, detail: String) async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        let before = fixture.store.snapshot.generation
        let answer = try await fixture.send(.post, target, body)
        let problem = try #require(AdminProblem(body: Array(answer.text.utf8)))
        #expect(answer.status == 400 && problem.status == 400)
        #expect(answer.mediaType == "application/problem+json")
        #expect(problem.detail.contains(detail), "\(problem.detail)")
        #expect(fixture.store.snapshot.generation == before)
    }

    @Test(arguments: [
        ("GET", "/v1/users/bob", "", 404, "not-found"),
        ("POST", "/v1/tenants", #"{"name": "acme"}"#, 409, "already-exists"),
        ("DELETE", "/v1/tenants/acme", "", 409, "still-in-use"),
        ("DELETE", "/v1/tenants/other", "", 404, "not-found"),
        ("GET", "/v1/nothing", "", 404, "unknown-operation"),
        ("PUT", "/v1/tenants", "", 404, "unknown-operation"),
        (
            "POST", "/v1/users", #"{"name": "z", "consumer": "none", "token": "t", "token_secret": "s"}"#, 404,
            "not-found"
        ),
    ])
    func mapsErrors(method: String, target: String, body: String, status: Int, kind: String) async throws {
        let fixture = try AdminFixture()
        try await fixture.provision()
        let answer = try await fixture.send(.init(method)!, target, body)
        #expect(answer.status == status)
        #expect(AdminProblem(body: Array(answer.text.utf8))?.kind == kind)
    }

    @Test func aTenantMustBeNamedAmongSeveral() async throws {
        let fixture = try AdminFixture()
        let none = try await fixture.send(.get, "/v1/users/alice")
        #expect(none.text.contains("There is no tenant yet. Add one"))
        try await fixture.provision()
        try await fixture.send(.post, "/v1/tenants", #"{"name": "beta"}"#)
        let several = try await fixture.send(.get, "/v1/users/alice")
        #expect(several.status == 400)
        #expect(several.text.contains("Add `--tenant NAME`; among others: acme, beta"))
        #expect(try await fixture.send(.get, "/v1/users/alice?tenant=acme").status == 200)
        #expect(try await fixture.send(.get, "/v1/users/alice?tenant=beta").status == 404)
    }

    @Test func refusesOversizeBodies() async throws {
        let fixture = try AdminFixture()
        let body = #"{"name": ""# + String(repeating: "x", count: fixture.api.maximumBody) + #""}"#
        #expect(try await fixture.send(.post, "/v1/tenants", body).status == 413)
    }

    @Test func takesTheLargestCallBody() async throws {
        let (fixture, size) = (try AdminFixture(), 3 << 20)
        try await fixture.provision()
        let api = AdminAPI(
            custody: fixture.store, calls: fixture.calls, journal: fixture.journal, maximumCallBody: size
        ) { .null }
        let body = Data(count: size).base64EncodedString()
        let answer = try await api.perform(
            method: .post, target: "/v1/call",
            body: Array(#"{"user": "alice", "method": "POST", "path": "/a", "body_base64": "\#(body)"}"#.utf8))
        #expect(answer.status == 200)
    }

    @Test func saysWhereCallsCanBeMade() async throws {
        let fixture = try AdminFixture()
        let api = AdminAPI(custody: fixture.store, calls: nil, journal: fixture.journal) { .null }
        let answer = try await api.perform(
            method: .post, target: "/v1/call", body: Array("{}".utf8))
        #expect(AdminProblem(body: answer.body)?.kind == "not-sending")
    }

    @Test(arguments: [
        (CustodyError.tampered(what: "row"), 500), (.storage(detail: "disk"), 500), (.inUse(path: "p"), 503),
        (.wrongRootKey(expected: "a", got: "b"), 503), (.limitReached(reason: "Full."), 409),
        (.missing(path: "p"), 503), (.newerFormat(path: "p"), 503),
    ])
    func everyCustodyErrorHasAStatus(error: CustodyError, status: Int) {
        let problem = AdminProblem(error)
        #expect(problem.status == status)
        #expect(AdminProblem(body: problem.tree.bytes) == problem)
    }
}
