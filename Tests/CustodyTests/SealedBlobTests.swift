// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets
import Testing

@testable import Custody

/// Ciphertext opens only where it was sealed.
struct SealedBlobTests {
    let fixture: StoreFixture

    /// Two tenants, in each a consumer in two versions and a home user under either.
    init() throws {
        fixture = try StoreFixture()
        let store = try fixture.open()
        for tenant: TenantName in ["acme", "beta"] {
            try store.addTenantWithConsumer(tenant)
            try store.importUser("alice", in: tenant)
            try store.rotateConsumer("main", in: tenant, key: "second", secret: Secret(utf8: "second-secret"))
            try store.importUser("bob", in: tenant)
        }
        store.close()
    }

    private struct Cell: Hashable {
        let table: String
        let column: String
        let row: String

        func read(_ database: Database) throws -> Data? {
            try Data.fetchOne(database, sql: "SELECT \(column) FROM \(table) WHERE \(row)")
        }

        func write(_ data: Data?, _ database: Database) throws {
            try database.execute(sql: "UPDATE \(table) SET \(column) = ? WHERE \(row)", arguments: [data])
        }

        /// Names of the home users that lose their credential with this cell, as `tenant/user`.
        let losers: Set<String>
    }

    private func cells(_ database: Database) throws -> [Cell] {
        var cells: [Cell] = []
        let versions = try Row.fetchAll(
            database,
            sql: """
                SELECT v.consumer, v.version, t.name FROM consumer_version v JOIN consumer c ON c.id = v.consumer
                JOIN tenant t ON t.id = c.tenant
                """)
        for version in versions {
            let row = "consumer = \(version["consumer"] as Int) AND version = \(version["version"] as Int)"
            let losers: Set = ["\(version["name"] as String)/\(version["version"] == 1 ? "alice" : "bob")"]
            for column in ["wrapped_key", "sealed_secret"] {
                cells.append(Cell(table: "consumer_version", column: column, row: row, losers: losers))
            }
        }
        let users = try Row.fetchAll(
            database, sql: "SELECT u.id, u.name, t.name AS tenant FROM home_user u JOIN tenant t ON t.id = u.tenant")
        for user in users {
            for column in ["wrapped_key", "sealed_token", "sealed_token_secret"] {
                cells.append(
                    Cell(
                        table: "home_user", column: column, row: "id = \(user["id"] as Int)",
                        losers: ["\(user["tenant"] as String)/\(user["name"] as String)"]))
            }
        }
        return cells
    }

    @Test func noTwoBlobsCanChangePlaces() throws {
        let keys = KeyHierarchy(ring: fixture.ring)
        try fixture.meddle { database in
            let cells = try cells(database)
            #expect(cells.count == 2 * 2 * 2 + 4 * 3)
            for (index, one) in cells.enumerated() {
                for other in cells[..<index] {
                    try database.inTransaction {
                        let (mine, yours) = (try one.read(database), try other.read(database))
                        try one.write(yours, database)
                        try other.write(mine, database)
                        let snapshot = try SnapshotLoader(database: database, keys: keys).load()
                        #expect(losers(snapshot) == one.losers.union(other.losers), "\(one) <-> \(other)")
                        return .rollback
                    }
                }
            }
            #expect(losers(try SnapshotLoader(database: database, keys: keys).load()).isEmpty)
        }
    }

    private func losers(_ snapshot: Snapshot) -> Set<String> {
        Set(
            snapshot.homeUsers().filter { snapshot.homeUser($0.name, in: $0.tenant)?.credential == nil }
                .map { "\($0.tenant)/\($0.name)" })
    }

    @Test func tenantKeysCannotChangePlaces() throws {
        try fixture.meddle { database in
            let keys = try Data.fetchAll(database, sql: "SELECT wrapped_key FROM tenant ORDER BY id")
            try database.execute(sql: "UPDATE tenant SET wrapped_key = ? WHERE id = 1", arguments: [keys[1]])
        }
        let error = custodyError { _ = try fixture.open() }
        #expect(error?.explanation.contains("the key of tenant acme does not open") == true)
    }

    @Test func anOlderVersionOfTheSameFieldDoesNotOpen() throws {
        let old = try fixture.meddle { try Data.fetchOne($0, sql: "SELECT sealed_token FROM home_user WHERE id = 1") }
        let store = try fixture.open()
        try store.importUser("alice", in: "acme", token: "newer", replacing: true)
        store.close()
        try fixture.meddle { database in
            try database.execute(sql: "UPDATE home_user SET sealed_token = ? WHERE id = 1", arguments: [old])
        }
        #expect(try fixture.open().credential(of: "alice", in: "acme") == nil)
    }

    @Test func oneSpoiltCredentialLeavesTheOthersWorking() throws {
        try fixture.meddle { database in
            try database.execute(sql: "UPDATE home_user SET sealed_token = zeroblob(50) WHERE id = 1")
        }
        let store = try fixture.open()
        let user = try store.homeUser("alice", in: "acme")
        #expect(user.state == .suspect)
        #expect(user.reason == "sealed credential does not open")
        #expect(store.credential(of: "alice", in: "beta") != nil)
        #expect(store.credential(of: "bob", in: "acme") != nil)
        try store.setState(.active, reason: nil, of: "alice", in: "acme")
        #expect(try store.homeUser("alice", in: "acme").state == .suspect)
        try store.importUser("alice", in: "acme", token: "fresh", replacing: true)
        #expect(try store.homeUser("alice", in: "acme").state == .active)
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "fresh")
    }

    @Test func aLostUserKeyIsReplacedByAnImport() throws {
        try fixture.meddle { try $0.execute(sql: "UPDATE home_user SET wrapped_key = zeroblob(61) WHERE id = 1") }
        let store = try fixture.open()
        try store.importUser("alice", in: "acme", replacing: true)
        store.close()
        #expect(try fixture.open().credential(of: "alice", in: "acme") != nil)
    }

    @Test func aSpoiltConsumerSecretNamesItself() throws {
        try fixture.meddle { try $0.execute(sql: "UPDATE consumer_version SET sealed_secret = zeroblob(40)") }
        let store = try fixture.open()
        #expect(try store.homeUser("alice", in: "acme").reason == "sealed consumer secret does not open")
        #expect(store.snapshot.consumer("main", in: "acme")?.secret == nil)
    }
}
