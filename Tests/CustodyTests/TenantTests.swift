// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Testing

struct TenantTests {
    let fixture: StoreFixture
    let store: SQLiteStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
    }

    @Test func listsTenantsByName() throws {
        try store.addTenant("beta")
        fixture.clock.advance(by: 5)
        let added = try store.addTenant("alpha")
        #expect(added == Tenant(name: "alpha", created: fixture.clock.now))
        #expect(try store.tenants().map(\.name) == ["alpha", "beta"])
        #expect(store.snapshot.tenant("beta")?.created == fixture.clock.now - 5)
    }

    @Test func refusesATakenName() throws {
        try store.addTenant("acme")
        let generation = store.snapshot.generation
        #expect(throws: CustodyError.alreadyExists(kind: .tenant, name: "acme")) { try store.addTenant("acme") }
        #expect(store.snapshot.generation == generation)
    }

    @Test func refusesToRemoveAnUnknownTenant() {
        #expect(throws: CustodyError.notFound(kind: .tenant, name: "acme")) { try store.removeTenant("acme") }
    }

    @Test func refusesToRemoveATenantWithHomeUsers() throws {
        try store.addTenantWithConsumer("acme")
        for name: HomeUserName in ["alice", "bob", "carol", "dave"] { try store.importUser(name, in: "acme") }
        let error = custodyError { try store.removeTenant("acme") }
        let explanation = try #require(error?.explanation)
        #expect(explanation.contains("4 home users (alice, bob, carol, ...)"))
        #expect(explanation.contains("wego-gateway user rm NAME --tenant acme"))
        #expect(store.snapshot.tenant("acme") != nil)
        #expect(store.credential(of: "alice", in: "acme") != nil)
    }

    @Test func takesConsumersAndCallersAlong() throws {
        try store.addTenantWithConsumer("acme")
        let key = try store.addCaller("app", in: "acme", users: .all, scopes: .read)
        try store.removeTenant("acme")
        #expect(store.snapshot.counts == Snapshot().counts)
        #expect(store.snapshot.caller(keyIdentifier: key.identifier) == nil)
        store.close()
        #expect(try fixture.open().snapshot.counts == Snapshot().counts)
    }

    @Test func startsAfreshUnderAnOldName() throws {
        try store.addTenantWithConsumer("acme")
        try store.removeTenant("acme")
        try store.addTenantWithConsumer("acme")
        try store.importUser("alice", in: "acme")
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "acme-alice-token")
    }

    @Test func listsOfAnUnknownTenantAreRefused() {
        let unknown = CustodyError.notFound(kind: .tenant, name: "nobody")
        #expect(throws: unknown) { try store.consumers(in: "nobody") }
        #expect(throws: unknown) { try store.homeUsers(in: "nobody") }
        #expect(throws: unknown) { try store.callers(in: "nobody") }
        #expect(throws: unknown) { try store.homeUser("alice", in: "nobody") }
    }
}
