// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import TestSupport
import Testing

/// A session and a home user as a real store makes them.
struct SessionFixture {
    let session: OAuthSession
    let user: HomeUser

    init() throws {
        let directory = try TemporaryDirectory("session")
        let store = try SQLiteStore.open(
            directory: directory.file("store"), keyRing: KeyRing.generate().ring, createIfMissing: true)
        defer { store.close() }
        let tenant = try #require(TenantName("north"))
        let consumer = try #require(ConsumerName("main"))
        let name = try #require(HomeUserName("alice"))
        try store.addTenant(tenant)
        try store.addConsumer(consumer, in: tenant, key: "k", secret: Secret(utf8: "cs"))
        user = try store.importHomeUser(
            name, in: tenant, consumer: consumer, token: Secret(utf8: "t"), tokenSecret: Secret(utf8: "s"),
            isDeveloper: false)
        session = try store.addSession(
            NewOAuthSession(
                user: name, tenant: tenant, consumer: consumer, consumerVersion: 1, mode: .browser, returnTo: nil,
                lifetime: 60, token: Secret(utf8: "temporary"), tokenSecret: Secret(utf8: "ts")))
    }
}
