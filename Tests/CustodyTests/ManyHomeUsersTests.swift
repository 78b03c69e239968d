// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets
import Testing

@testable import Custody

struct ManyHomeUsersTests {
    @Test func opensTenThousandHomeUsers() throws {
        let fixture = try StoreFixture()
        var store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        let names = (0..<10_000).compactMap { HomeUserName("user\($0)") }
        // In one transaction: ten thousand syncs would prove nothing more.
        try store.commit { transaction in
            for name in names {
                let new = HomeUserImport(
                    name: name, tenant: "acme", consumer: "main", token: Secret(utf8: "token-\(name)"),
                    tokenSecret: Secret(utf8: "secret"), isDeveloper: false, replacing: false)
                _ = try transaction.importHomeUser(new)
            }
        }
        store.close()
        store = try fixture.open()
        #expect(store.snapshot.counts.homeUsers == [.active: names.count])
        for name in names { #expect(store.credential(of: name, in: "acme")?.token.revealed == "token-\(name)") }
        let before = store.snapshot
        try store.removeHomeUser("user7", in: "acme")
        #expect(store.snapshot.homeUser("user8", in: "acme") === before.homeUser("user8", in: "acme"))
    }
}
