// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets
import Testing

@testable import Custody

struct OpeningTests {
    let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
    }

    private func mode(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? -1
    }

    @Test func createsPrivateFiles() throws {
        let store = try fixture.open()
        try store.addTenant("acme")
        #expect(try mode(fixture.path) == 0o700)
        for name in try fixture.contents().keys {
            #expect(try mode(fixture.path + "/" + name) == 0o600, "\(name)")
        }
        store.close()
        #expect(try fixture.contents().keys.sorted() == ["custody.lock", "custody.sqlite", "quarantine/answers"])
    }

    @Test func createsNothingUnlessAsked() throws {
        #expect(throws: CustodyError.missing(path: fixture.path)) { try fixture.open(createIfMissing: false) }
        #expect(!FileManager.default.fileExists(atPath: fixture.path))
        try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: false)
        #expect(throws: CustodyError.missing(path: fixture.database)) { try fixture.open(createIfMissing: false) }
        #expect(try fixture.contents().isEmpty)
    }

    @Test func keepsEverythingAcrossReopening() throws {
        let store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importUser("alice", in: "acme")
        let users = try store.homeUsers(in: nil)
        let consumers = try store.consumers(in: nil)
        store.close()
        let reopened = try fixture.open(createIfMissing: false)
        #expect(try reopened.homeUsers(in: nil) == users)
        #expect(try reopened.consumers(in: nil) == consumers)
        #expect(reopened.credential(of: "alice", in: "acme")?.tokenSecret.revealed == "acme-alice-token-secret")
    }

    @Test func refusesASecondOpenerUntilTheFirstCloses() throws {
        let store = try fixture.open()
        let error = custodyError { _ = try fixture.open() }
        #expect(error == .inUse(path: fixture.path + "/custody.lock"))
        #expect(error?.explanation.contains("Another gateway or command has the custody store open") == true)
        try store.addTenant("acme")
        store.close()
        store.close()
        #expect(try fixture.open().tenants().count == 1)
    }

    @Test func lettingGoOfTheStoreClosesIt() throws {
        _ = try fixture.open()
        _ = try fixture.open()
    }

    @Test func aClosedStoreRefusesChangesAndStaysReadable() throws {
        let store = try fixture.open()
        try store.addTenant("acme")
        store.close()
        #expect(custodyError { try store.addTenant("beta") } == .storage(detail: "it is closed"))
        #expect(custodyError { _ = try store.openSessions(in: nil) } == .storage(detail: "it is closed"))
        #expect(try store.tenants().count == 1)
    }

    @Test func settingsHoldAfterOpening() throws {
        let files = StoreFiles(directory: fixture.path)
        try files.prepareDirectory(creating: true)
        try files.createDatabaseFile()
        let connection = try StoreConnection(files: files, lock: try StoreLock(path: files.lock))
        let check = try RootKeyCheck.make(under: fixture.ring)
        try StoreSchema.migrator(check: check, now: 0).migrate(connection.queue)
        try connection.verifySettings()
        let settings = try connection.queue.writeWithoutTransaction { try StoreSettings(of: $0) }
        #expect(settings == StoreSettings(journalMode: "wal", synchronous: 2, foreignKeys: 1, secureDelete: 1))
    }

    @Test func finishesACreationThatWasCutOff() throws {
        try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: false)
        #expect(FileManager.default.createFile(atPath: fixture.database, contents: Data()))
        #expect(throws: CustodyError.missing(path: fixture.database)) { try fixture.open(createIfMissing: false) }
        try fixture.meddle { try $0.execute(sql: "PRAGMA journal_mode = WAL; CREATE TABLE t (a); DROP TABLE t") }
        #expect(throws: CustodyError.missing(path: fixture.database)) { try fixture.open(createIfMissing: false) }
        try fixture.open().addTenant("acme")
        #expect(try mode(fixture.database) == 0o600)
    }

    @Test func refusesForeignFiles() throws {
        try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: false)
        try fixture.meddle { try $0.execute(sql: "CREATE TABLE notes (text)") }
        let before = try fixture.contents()["custody.sqlite"]
        #expect(custodyError { _ = try fixture.open() }?.explanation.contains("not a custody store") == true)
        #expect(try fixture.contents()["custody.sqlite"] == before)
    }

    @Test func refusesAFileThatIsNoDatabase() throws {
        try FileManager.default.createDirectory(atPath: fixture.path, withIntermediateDirectories: false)
        try Data("not a database, and long enough to have a header".utf8).write(
            to: URL(fileURLWithPath: fixture.database))
        let error = custodyError { _ = try fixture.open() }
        guard case .tampered = error else {
            Issue.record("expected tampering, got \(String(describing: error))")
            return
        }
    }

    @Test func refusesAStoreOfANewerVersion() throws {
        try fixture.open().close()
        try fixture.meddle { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 from the future')") }
        let before = try fixture.contents()
        #expect(throws: CustodyError.newerFormat(path: fixture.database)) { try fixture.open() }
        #expect(try fixture.contents() == before)
    }

    @Test func refusesADirectoryThatOthersMayWriteTo() throws {
        try FileManager.default.createDirectory(
            atPath: fixture.path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try FileManager.default.setAttributes([.posixPermissions: 0o770], ofItemAtPath: fixture.path)
        #expect(custodyError { _ = try fixture.open() }?.explanation.contains("chmod 700") == true)
        #expect(try fixture.contents().isEmpty)
    }
}
