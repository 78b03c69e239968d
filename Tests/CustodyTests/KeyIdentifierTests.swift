// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets
import Testing

@testable import Custody

/// What salts a home user's pseudonym: it goes with the user's key.
struct KeyIdentifierTests {
    private func identifier(_ name: HomeUserName, _ store: SQLiteStore) -> String? {
        store.snapshot.homeUser(name, in: "acme")?.keyIdentifier
    }

    @Test func staysAsLongAsTheKey() throws {
        let fixture = try StoreFixture()
        var store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importDeveloper(in: "acme")
        try store.complete(try store.reserve("alice"))
        let alice = try #require(identifier("alice", store))
        #expect(identifier("dev", store) != alice)
        try store.setState(.frozen, reason: nil, of: "alice", in: "acme")
        #expect(identifier("alice", store) == alice)
        store.close()
        store = try fixture.open()
        #expect(identifier("alice", store) == alice)
        try store.destroyHomeUser("alice", in: "acme")
        #expect(identifier("alice", store) == nil)
        store.close()
    }
}
