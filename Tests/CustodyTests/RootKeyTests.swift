// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Foundation
import GRDB
import Secrets
import Testing

struct RootKeyTests {
    let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
        let store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importUser("alice", in: "acme")
        store.close()
    }

    /// A ring with a new key in front of the store's.
    private func rotatedRing() throws -> KeyRing {
        let (_, new) = KeyRing.generate()
        return try KeyRing(fileContents: Secret(utf8: new.revealed + fixture.ringText.revealed))
    }

    @Test func aWrongKeyChangesNothing() throws {
        let wrong = KeyRing.generate().ring
        let before = try fixture.contents()
        let error = custodyError { _ = try fixture.open(wrong) }
        #expect(error == .wrongRootKey(expected: fixture.ring.current.identifier, got: wrong.current.identifier))
        #expect(error?.explanation.contains("Nothing was changed") == true)
        #expect(try fixture.contents() == before)
        #expect(try fixture.open().credential(of: "alice", in: "acme") != nil)
    }

    @Test func aWrongKeyChangesNothingAfterACrashEither() throws {
        let store = try fixture.open()
        try store.importUser("bob", in: "acme")
        let crashed = try fixture.copyAsAfterACrash()
        let before = try crashed.contents()
        #expect(before["custody.sqlite-wal"]?.isEmpty == false)
        #expect(throws: CustodyError.self) { try crashed.open(KeyRing.generate().ring) }
        let after = try crashed.contents()
        #expect(after.keys == before.keys)
        // The index of the log is rebuilt whenever somebody looks; it carries no state.
        for name in before.keys where name != "custody.sqlite-shm" { #expect(after[name] == before[name], "\(name)") }
        #expect(try crashed.open(fixture.ring).credential(of: "bob", in: "acme") != nil)
    }

    @Test func thePreviousKeyOpensTheStore() throws {
        let rotated = try rotatedRing()
        let store = try fixture.open(rotated)
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "acme-alice-token")
        store.close()
        #expect(try rootKeys() == [fixture.ring.current.identifier])
    }

    @Test func newTenantsGoUnderTheCurrentKeyAndNeedItFromThenOn() throws {
        let rotated = try rotatedRing()
        let store = try fixture.open(rotated)
        try store.addTenantWithConsumer("beta")
        try store.importUser("bob", in: "beta")
        try store.importUser("carol", in: "acme")
        store.close()
        #expect(try rootKeys() == [fixture.ring.current.identifier, rotated.current.identifier])
        #expect(throws: CustodyError.self) { try fixture.open(fixture.ring) }
        let reopened = try fixture.open(rotated)
        #expect(reopened.credential(of: "bob", in: "beta") != nil)
        #expect(reopened.credential(of: "carol", in: "acme") != nil)
    }

    private func rootKeys() throws -> [String] {
        try fixture.meddle { try String.fetchAll($0, sql: "SELECT root_key FROM tenant ORDER BY name") }
    }

    @Test(arguments: [
        "UPDATE root_key SET sealed_check = zeroblob(60)",
        "DELETE FROM root_key",
        "UPDATE tenant SET wrapped_key = zeroblob(61)",
        "UPDATE tenant SET name = 'other'",
        "UPDATE tenant SET name = 'not a name'",
        "UPDATE home_user SET state = 'great'",
        "DELETE FROM consumer",
        "DELETE FROM consumer_version",
    ])
    func aBrokenStructureStopsTheOpening(_ sql: String) throws {
        try fixture.meddle { try $0.execute(sql: sql) }
        let error = custodyError { _ = try fixture.open() }
        guard case .tampered = error else {
            Issue.record("expected tampering, got \(String(describing: error))")
            return
        }
    }
}
