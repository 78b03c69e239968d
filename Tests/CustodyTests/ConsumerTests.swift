// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import Testing

struct ConsumerTests {
    let fixture: StoreFixture
    let store: SQLiteStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenantWithConsumer("acme")
    }

    private func rotate(to key: String) throws {
        try store.rotateConsumer("main", in: "acme", key: key, secret: Secret(utf8: key + "-secret"))
    }

    @Test func listsConsumers() throws {
        try store.addTenantWithConsumer("beta")
        try store.addConsumer("alt", in: "beta", key: "k", secret: Secret(utf8: "s"))
        #expect(
            try store.consumers(in: nil).map { "\($0.tenant)/\($0.name)" } == ["acme/main", "beta/alt", "beta/main"])
        #expect(try store.consumers(in: "beta").map(\.key) == ["k", "beta-key"])
        #expect(store.snapshot.consumer("alt", in: "beta")?.secret?.revealed == "s")
    }

    @Test func refusesATakenName() {
        #expect(throws: CustodyError.alreadyExists(kind: .consumer, name: "main")) {
            try store.addConsumer("main", in: "acme", key: "k", secret: Secret(utf8: "s"))
        }
    }

    @Test func keepsTheOldCredentialForThoseWhoseTokensWereIssuedUnderIt() throws {
        try store.importUser("alice", in: "acme")
        try rotate(to: "new")
        try store.importUser("bob", in: "acme")
        #expect(try store.consumers(in: "acme").map(\.version) == [2])
        for snapshot in [store.snapshot, try reopened().snapshot] {
            let old = snapshot.homeUser("alice", in: "acme")?.credential
            let new = snapshot.homeUser("bob", in: "acme")?.credential
            #expect(old?.consumerKey == "acme-key")
            #expect(old?.consumerSecret.revealed == "acme-consumer-secret")
            #expect(new?.consumerKey == "new")
            #expect(new?.consumerSecret.revealed == "new-secret")
            #expect(snapshot.consumer("main", in: "acme")?.consumer.key == "new")
        }
    }

    private func reopened() throws -> SQLiteStore {
        store.close()
        return try fixture.open()
    }

    private func storedVersions() throws -> [Int] {
        store.close()
        return try fixture.meddle { try Int.fetchAll($0, sql: "SELECT version FROM consumer_version ORDER BY version") }
    }

    @Test func deletesAVersionNobodyUses() throws {
        try rotate(to: "second")
        try rotate(to: "third")
        #expect(try storedVersions() == [3])
    }

    @Test func deletesAnOldVersionWithItsLastUser() throws {
        try store.importUser("alice", in: "acme")
        try store.importUser("bob", in: "acme")
        try store.importUser("carol", in: "acme")
        try rotate(to: "second")
        try store.importUser("alice", in: "acme", replacing: true)
        try store.removeHomeUser("bob", in: "acme")
        #expect(store.credential(of: "carol", in: "acme")?.consumerKey == "acme-key")
        try store.setState(.revoked, reason: nil, of: "carol", in: "acme")
        #expect(store.credential(of: "alice", in: "acme")?.consumerKey == "second")
        #expect(try storedVersions() == [2])
    }

    @Test func refusesToRemoveAConsumerInUse() throws {
        try store.importUser("alice", in: "acme")
        let error = custodyError { try store.removeConsumer("main", in: "acme") }
        #expect(error?.explanation.contains("1 home user (alice)") == true)
        try store.removeHomeUser("alice", in: "acme")
        try store.removeConsumer("main", in: "acme")
        #expect(try store.consumers(in: nil).isEmpty)
    }

    @Test func refusesUnknownConsumers() {
        let unknown = CustodyError.notFound(kind: .consumer, name: "other")
        #expect(throws: unknown) { try store.removeConsumer("other", in: "acme") }
        #expect(throws: unknown) { try store.rotateConsumer("other", in: "acme", key: "k", secret: Secret(utf8: "s")) }
        #expect(throws: unknown) { try store.importUser("alice", in: "acme", consumer: "other") }
        #expect(unknown.explanation.contains("wego-gateway consumer add other --tenant"))
    }
}
