// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import Testing

struct LimitTests {
    private func limited(_ change: (inout CustodyLimits) -> Void) throws -> (StoreFixture, SQLiteStore) {
        var limits = CustodyLimits()
        change(&limits)
        let fixture = try StoreFixture()
        let store = try fixture.open(limits: limits)
        try store.addTenantWithConsumer("acme")
        return (fixture, store)
    }

    private func expectLimit(_ words: String, _ body: () throws -> Void) {
        let error = custodyError(body)
        guard case .limitReached(let reason) = error else {
            Issue.record("expected a limit, got \(String(describing: error))")
            return
        }
        #expect(reason.contains(words))
    }

    @Test func limitsEntries() throws {
        let (_, store) = try limited {
            $0.maximumTenants = 1
            $0.maximumConsumersPerTenant = 1
            $0.maximumHomeUsers = 1
            $0.maximumCallersPerTenant = 1
        }
        try store.importUser("alice", in: "acme")
        _ = try store.addCaller("app", in: "acme", users: .all, scopes: .read)
        expectLimit("1 tenants") { try store.addTenant("beta") }
        expectLimit("1 consumers") { try store.addConsumer("alt", in: "acme", key: "k", secret: Secret(utf8: "s")) }
        expectLimit("1 home users") { try store.importUser("bob", in: "acme") }
        expectLimit("1 callers") { _ = try store.addCaller("web", in: "acme", users: .all, scopes: .read) }
        try store.importUser("alice", in: "acme", replacing: true)
    }

    @Test func limitsConsumerVersions() throws {
        let (_, store) = try limited { $0.maximumVersionsPerConsumer = 2 }
        func rotate(_ key: String) throws {
            try store.rotateConsumer("main", in: "acme", key: key, secret: Secret(utf8: "s"))
        }
        try store.importUser("alice", in: "acme")
        try rotate("second")
        try store.importUser("bob", in: "acme")
        expectLimit("2 older credentials of consumer main") { try rotate("third") }
        #expect(try store.consumers(in: "acme").map(\.key) == ["second"])
        try store.importUser("alice", in: "acme", replacing: true)
        try rotate("third")
    }

    @Test(arguments: ["", "a b", "line\n", "tab\t", "null\0", String(repeating: "x", count: 1_025)])
    func refusesSecrets(_ text: String) throws {
        let (_, store) = try limited { _ in }
        func expectRefusal(_ what: String, _ body: () throws -> Void) {
            let error = custodyError(body)
            #expect(error?.explanation.hasPrefix("The \(what) ") == true)
        }
        let (bad, good) = (Secret(utf8: text), Secret(utf8: "good"))
        func importing(_ token: Secret, _ tokenSecret: Secret) throws {
            try store.importHomeUser(
                "alice", in: "acme", consumer: "main", token: token, tokenSecret: tokenSecret, isDeveloper: false)
        }
        expectRefusal("token") { try importing(bad, good) }
        expectRefusal("token secret") { try importing(good, bad) }
        expectRefusal("consumer secret") { try store.addConsumer("alt", in: "acme", key: "k", secret: bad) }
        #expect(try store.homeUsers(in: "acme").isEmpty)
    }

    @Test(arguments: ["", "a b", "é", "a\n", String(repeating: "k", count: 257)])
    func refusesConsumerKeys(_ key: String) throws {
        let (_, store) = try limited { _ in }
        for attempt in [store.addConsumer, store.rotateConsumer] {
            let error = custodyError { _ = try attempt("main", "acme", key, Secret(utf8: "s")) }
            #expect(error?.explanation.contains("1 to 256 visible ASCII characters") == true)
        }
    }

    @Test(arguments: ["", "two\nlines", String(repeating: "r", count: 201)])
    func refusesReasons(_ reason: String) throws {
        let (_, store) = try limited { _ in }
        try store.importUser("alice", in: "acme")
        let error = custodyError { try store.setState(.frozen, reason: reason, of: "alice", in: "acme") }
        #expect(error?.explanation.contains("one line of 1 to 200 bytes") == true)
        #expect(try store.homeUser("alice", in: "acme").state == .active)
    }
}
