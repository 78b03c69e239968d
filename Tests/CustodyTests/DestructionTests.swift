// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Foundation
import GRDB
import Secrets
import Testing

struct DestructionTests {
    let fixture: StoreFixture
    let store: SQLiteStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importUser("alice", in: "acme")
    }

    @Test func keyAndCiphertextLeaveEveryFile() throws {
        // A previous credential, and rows around, so that pages are moved and freed.
        for number in 1...40 { try store.importUser(try #require(HomeUserName("user\(number)")), in: "acme") }
        try store.replaceCredential(of: "alice", in: "acme", token: "second", tokenSecret: "second-secret")
        let blobs = try fixture.meddle { database in
            try ["home_user WHERE name = 'alice'", "previous_credential"].flatMap { source in
                try Row.fetchAll(database, sql: "SELECT * FROM \(source)").flatMap { row in
                    ["wrapped_key", "sealed_token", "sealed_token_secret"].compactMap { row[$0] as Data? }
                }
            }
        }
        #expect(blobs.count == 5)
        let user = try store.destroyHomeUser("alice", in: "acme")
        #expect(user.state == .destroyed)
        #expect(!user.hasCredential)
        for _ in 1...2 {
            for (name, content) in try fixture.contents() {
                for blob in blobs { #expect(content.range(of: blob) == nil, "\(name)") }
            }
            store.close()
        }
        #expect(try fixture.brokenReferences() == 0)
        #expect(try fixture.open().homeUser("alice", in: "acme") == user)
    }

    /// The journal holds the second of the same changes, without the name.
    @Test func theStoreForgetsWhenItWas() throws {
        fixture.clock.advance(by: 86_400 * 3 + 17)
        let user = try store.destroyHomeUser("alice", in: "acme")
        for time in [user.since, user.created] {
            let parts = Calendar.utc.dateComponents(
                [.day, .hour, .minute, .second], from: Date(timeIntervalSince1970: Double(time)))
            #expect(parts.day == 1 && parts.hour == 0 && parts.minute == 0 && parts.second == 0)
        }
        #expect((0..<31 * 86_400).contains(fixture.clock.now - user.since))
    }

    @Test func isIdempotentAndFinal() throws {
        let first = try store.destroyHomeUser("alice", in: "acme")
        fixture.clock.advance(by: 10)
        #expect(try store.destroyHomeUser("alice", in: "acme") == first)
        #expect(try store.markDestructionUnknown("alice", in: "acme", requestID: "r") == first)
        #expect(try !store.markSuspect("alice", in: "acme", reason: "late"))
        #expect(first.advice?.contains("wego-gateway user rm alice --tenant acme") == true)
    }

    @Test func aNewerCredentialIsNotDestroyedWithTheOlder() throws {
        try store.replaceCredential(of: "alice", in: "acme", token: "second", tokenSecret: "second-secret")
        let user = try store.homeUser("alice", in: "acme")
        #expect(user.credentialVersion == 2)
        #expect(try store.destroyHomeUser("alice", in: "acme", credentialVersion: 1) == user)
        #expect(
            try store.markDestructionUnknown("alice", in: "acme", credentialVersion: 1, requestID: "r") == user)
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "second")
        #expect(
            try store.markDestructionUnknown("alice", in: "acme", credentialVersion: 2, requestID: "r").state
                == .unknown)
        #expect(try store.destroyHomeUser("alice", in: "acme", credentialVersion: 2).state == .destroyed)
    }

    @Test(arguments: [HomeUserState.active, .suspect, .frozen])
    func aLostAnswerLeavesTheUserUnknown(_ state: HomeUserState) throws {
        try store.setState(state, reason: nil, of: "alice", in: "acme")
        fixture.clock.advance(by: 10)
        let user = try store.markDestructionUnknown("alice", in: "acme", requestID: "r-17")
        #expect(user.state == .unknown)
        #expect(user.since == fixture.clock.now)
        #expect(user.hasCredential)
        #expect(user.reason?.contains("r-17") == true)
        #expect(user.advice?.contains("GET /oauth/user") == true)
        #expect(store.credential(of: "alice", in: "acme") == nil)
        #expect(try !store.markActive("alice", in: "acme"))
    }

    @Test func anOperatorSettlesIt() throws {
        try store.markDestructionUnknown("alice", in: "acme", requestID: "r")
        try store.setState(.active, reason: nil, of: "alice", in: "acme")
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "acme-alice-token")
        try store.markDestructionUnknown("alice", in: "acme", requestID: "r")
        #expect(try store.destroyHomeUser("alice", in: "acme").state == .destroyed)
    }

    @Test func anInterruptedErasureEndsWithTheNextOpening() throws {
        let key = try fixture.meddle { try Data.fetchOne($0, sql: "SELECT wrapped_key FROM home_user") }
        try store.setState(.suspect, reason: nil, of: "alice", in: "acme")
        // Commits like the store, and dies before it empties the log.
        try fixture.meddle { database in
            _ = try Int.fetchOne(database, sql: "PRAGMA secure_delete = ON")
            try database.execute(sql: "UPDATE home_user SET wrapped_key = NULL, state = 'destroyed'")
        }
        let crashed = try fixture.copyAsAfterACrash()
        #expect(try crashed.contents()["custody.sqlite-wal"]?.range(of: try #require(key)) != nil)
        let reopened = try crashed.open(fixture.ring)
        for (name, content) in try crashed.contents() {
            #expect(content.range(of: try #require(key)) == nil, "\(name)")
        }
        #expect(try reopened.homeUser("alice", in: "acme").state == .destroyed)
    }
}

extension Calendar {
    fileprivate static var utc: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }
}
