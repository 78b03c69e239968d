// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import RateLimits
import Secrets
import Testing

@testable import Custody

/// Stores as earlier versions wrote them.
struct MigrationTests {
    let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
        let store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importDeveloper(in: "acme")
        for name: HomeUserName in ["alice", "bob", "carol"] { try store.importUser(name, in: "acme") }
        try store.setState(.frozen, reason: "on leave", of: "bob", in: "acme")
        try store.setState(.destroyed, reason: nil, of: "carol", in: "acme")
        try store.rotateConsumer("main", in: "acme", key: "second", secret: "second-secret")
        _ = try store.addCaller("app", in: "acme", users: .listed(["alice"]), scopes: .read)
        store.close()
        try rewriteInFirstSchema()
    }

    private static let first = "1 tenants, consumers, home users, callers"

    /// Copies all rows into a database that has seen the first migration only.
    private func rewriteInFirstSchema() throws {
        let old = fixture.database + ".old"
        let queue = try DatabaseQueue(path: old)
        let check = try RootKeyCheck.make(under: fixture.ring)
        try StoreSchema.migrator(check: check, now: 0).migrate(queue, upTo: Self.first)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "ATTACH ? AS present", arguments: [fixture.database])
            try database.execute(sql: "DELETE FROM root_key")
            for table in [
                "root_key", "tenant", "consumer", "consumer_version", "home_user", "caller", "caller_user",
                "caller_key",
            ] {
                let columns = try database.columns(in: table).map(\.name).joined(separator: ", ")
                try database.execute(
                    sql: "INSERT INTO main.\(table) (\(columns)) SELECT \(columns) FROM present.\(table)")
            }
            try database.execute(sql: "DETACH present")
        }
        try queue.close()
        try FileManager.default.removeItem(atPath: fixture.database)
        try FileManager.default.removeItem(atPath: fixture.path + "/quarantine")
        try FileManager.default.moveItem(atPath: old, toPath: fixture.database)
    }

    @Test func theFirstSchemaIsWhatItWas() throws {
        let (tables, columns) = try fixture.meddle { database in
            (
                try String.fetchAll(
                    database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"),
                try database.columns(in: "home_user").map(\.name)
            )
        }
        #expect(
            tables == [
                "caller", "caller_key", "caller_user", "consumer", "consumer_version", "grdb_migrations", "home_user",
                "root_key", "tenant",
            ])
        #expect(
            columns == [
                "id", "tenant", "name", "consumer", "consumer_version", "is_developer", "state", "reason", "since",
                "created", "key_version", "wrapped_key", "credential_version", "sealed_token", "sealed_token_secret",
            ])
    }

    @Test func aStoreOfTheFirstSchemaOpensWithEverythingInIt() throws {
        let store = try fixture.open(createIfMissing: false)
        #expect(try store.homeUsers(in: nil).map(\.state) == [.active, .frozen, .destroyed, .active])
        #expect(try store.homeUser("bob", in: "acme").reason == "on leave")
        #expect(try store.homeUser("alice", in: "acme").upstreamAccount.isEmpty)
        let credential = try #require(store.credential(of: "alice", in: "acme"))
        #expect(credential.token.revealed == "acme-alice-token")
        #expect(credential.consumerKey == "acme-key")
        #expect(try store.callers(in: nil).map(\.name) == ["app"])
        #expect(try store.quarantined(in: nil).isEmpty)
        #expect(try store.reservations(in: nil).isEmpty)
        #expect(try store.openSessions(in: nil).isEmpty)
        store.close()
        #expect(try fixture.brokenReferences() == 0)
    }

    @Test func everythingNewWorksInIt() throws {
        let store = try fixture.open()
        try store.complete(try store.reserve("dave"))
        try store.quarantine(try store.reserve("erin"), sealedAnswer: "x", reason: "unreadable")
        var new = NewOAuthSession.sample(token: "t")
        new.consumerVersion = 2
        try store.addSession(new)
        guard case .taken(let session, _) = try store.takeSession(oauthToken: "t") else {
            Issue.record("the session was not taken")
            return
        }
        try store.connectHomeUser(session, token: "new", tokenSecret: "s")
        store.close()
        let reopened = try fixture.open()
        #expect(reopened.credential(of: "dave", in: "acme")?.consumerKey == "acme-key")
        #expect(reopened.credential(of: "alice", in: "acme")?.consumerKey == "second")
        #expect(try reopened.unconfirmedHomeUsers().map(\.name) == ["alice"])
        #expect(try reopened.quarantined(in: nil).count == 1)
    }

    /// A store of the second version: the first, migrated as far as that version did.
    private func migrateToSecondSchema() throws {
        let queue = try DatabaseQueue(path: fixture.database)
        let check = try RootKeyCheck.make(under: fixture.ring)
        try StoreSchema.migrator(check: check, now: 0).migrate(queue, upTo: "2 creations, quarantine, authorizations")
        try queue.close()
        #expect(try !fixture.meddle { try $0.tableExists("limit_override") })
    }

    @Test func aStoreOfTheSecondSchemaTakesLimits() throws {
        try migrateToSecondSchema()
        let store = try fixture.open(createIfMissing: false)
        #expect(try store.homeUsers(in: nil).map(\.state) == [.active, .frozen, .destroyed, .active])
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "acme-alice-token")
        #expect(try store.limitOverrides(in: nil).isEmpty)
        let objects: [LimitedObject] = [
            .caller("app", in: "acme"), .consumer("main", in: "acme"), .homeUser("bob", in: "acme"), .tenant("acme"),
        ]
        for object in objects {
            try store.setLimits(LimitAdjustment(burst: 5), of: object, note: nil, keepingRest: false)
        }
        store.close()
        #expect(try fixture.open().limitOverrides(in: "acme").map(\.object) == objects)
        #expect(try fixture.brokenReferences() == 0)
    }

    @Test func aWrongKeyDoesNotMigrate() throws {
        let before = try fixture.contents()
        #expect(throws: CustodyError.self) { try fixture.open(KeyRing.generate().ring) }
        #expect(try fixture.contents() == before)
    }
}
