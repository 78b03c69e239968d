// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets
import Testing

@testable import Custody

/// The database fails when the answer comes.
struct SpillTests {
    let fixture: StoreFixture
    let store: SQLiteStore
    let answer: Secret = #"{"t": "canary-token", "s": "canary-secret"}"#

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importDeveloper(in: "acme")
    }

    private var room: Data {
        get throws { try Data(contentsOf: URL(fileURLWithPath: fixture.path + "/quarantine/answers")) }
    }

    @Test func theRoomIsThereBeforeItIsNeeded() throws {
        #expect(try room.count == CustodyLimits().maximumCreationsAtOnce * 40 * 1_024)
        #expect(try room.allSatisfy { $0 == 0 })
        let path = fixture.path + "/quarantine"
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
    }

    @Test func theAnswerSurvivesAFailingDatabase() throws {
        let reservation = try store.reserve("alice")
        try fixture.breakTable("home_user")
        #expect(custodyError { try store.complete(reservation) } != nil)
        let identifier = try store.spill(reservation, answer: answer)
        let entry = try #require(try store.quarantined(in: "acme").first)
        #expect(entry.identifier == identifier)
        #expect(entry.user == "alice")
        #expect(entry.isSpilled)
        #expect(try room.range(of: Data("canary".utf8)) == nil)
        #expect(try room.starts(with: Data("wgspill1".utf8)))

        try fixture.mend("home_user")
        try store.addTenant("any-change-that-succeeds")
        #expect(try store.quarantined(in: nil).map(\.isSpilled) == [false])
        #expect(try room.allSatisfy { $0 == 0 })
        #expect(try store.homeUser("alice", in: "acme").state == .unknown)
        try store.resolveQuarantine(identifier, tokenMember: "t", secretMember: "s")
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "canary-token")
    }

    @Test func isTakenInAtTheNextOpening() throws {
        let reservation = try store.reserve("alice")
        try fixture.breakTable("quarantine")
        let identifier = try store.quarantine(reservation, sealedAnswer: answer, reason: "no token")
        #expect(try store.quarantined(in: nil).map(\.isSpilled) == [true])
        let crashed = try fixture.copyAsAfterACrash()
        try crashed.mend("quarantine")
        let reopened = try crashed.open(fixture.ring)
        let entry = try #require(try reopened.quarantined(in: nil).first)
        #expect(entry.identifier == identifier)
        #expect(entry.reason == "no token")
        #expect(!entry.isSpilled)
        try reopened.resolveQuarantine(identifier, tokenMember: "t", secretMember: "s")
        #expect(reopened.credential(of: "alice", in: "acme")?.tokenSecret.revealed == "canary-secret")
    }

    @Test func aStoreThatStillFailsOpensAndShowsTheAnswer() throws {
        let reservation = try store.reserve("alice")
        try fixture.breakTable("quarantine")
        try store.spill(reservation, answer: answer)
        store.close()
        let reopened = try fixture.open()
        #expect(try reopened.quarantined(in: nil).map(\.isSpilled) == [true])
        try fixture.mend("quarantine")
        #expect(try reopened.quarantined(in: nil).map(\.isSpilled) == [false])
    }

    @Test func whatWasTakenInBeforeACrashIsNotTakenTwice() throws {
        let reservation = try store.reserve("alice")
        try store.spill(reservation, answer: answer)
        let before = try room
        #expect(try store.quarantined(in: nil).count == 1)
        store.close()
        try before.write(to: URL(fileURLWithPath: fixture.path + "/quarantine/answers"))
        let reopened = try fixture.open()
        #expect(try reopened.quarantined(in: nil).count == 1)
        #expect(try room.allSatisfy { $0 == 0 })
    }

    @Test func theRoomIsGivenBackWhenTheAnswerIsGivenUp() throws {
        let reservations = try (1...CustodyLimits().maximumCreationsAtOnce).map {
            try store.reserve(try #require(HomeUserName("user\($0)")))
        }
        #expect(custodyError { _ = try store.reserve("alice") } != nil)
        try fixture.breakTable("home_user")
        #expect(custodyError { try store.markReservationUnknown(reservations[0], reason: "lost") } != nil)
        try fixture.mend("home_user")
        _ = try store.reserve("alice")
    }

    @Test func aTornRecordIsNothing() throws {
        store.close()
        var torn = try room
        torn.replaceSubrange(8..<1_000, with: Data(repeating: 7, count: 992))
        try torn.write(to: URL(fileURLWithPath: fixture.path + "/quarantine/answers"))
        let reopened = try fixture.open()
        #expect(try reopened.quarantined(in: nil).isEmpty)
        let reservation = try reopened.reserve("alice")
        try reopened.spill(reservation, answer: answer)
        #expect(try reopened.quarantined(in: nil).count == 1)
    }

    @Test func aDamagedRecordIsLeftAlone() throws {
        store.close()
        var damaged = try room
        damaged.replaceSubrange(0..<8, with: Data("wgspill1".utf8))
        damaged.replaceSubrange(8..<40, with: Data(repeating: 0xFF, count: 32))
        try damaged.write(to: URL(fileURLWithPath: fixture.path + "/quarantine/answers"))
        let reopened = try fixture.open()
        try reopened.spill(try reopened.reserve("alice"), answer: answer)
        #expect(try reopened.quarantined(in: nil).count == 1)
        #expect(try room.prefix(40) == damaged.prefix(40))
    }

    @Test func everyPlaceCanBeFilledAtOnce() throws {
        let reservations = try (1...CustodyLimits().maximumCreationsAtOnce).map {
            try store.reserve(try #require(HomeUserName("user\($0)")))
        }
        try fixture.breakTable("quarantine")
        let long = Secret(utf8: String(repeating: "x", count: CustodyLimits().maximumAnswerLength))
        for reservation in reservations { try store.spill(reservation, answer: long) }
        #expect(custodyError { _ = try store.reserve("more") }?.explanation.contains("is the limit") == true)
        try fixture.mend("quarantine")
        #expect(try store.quarantined(in: nil).count == reservations.count)
        _ = try store.reserve("more")
    }

    @Test func withoutRoomNothingIsReserved() throws {
        store.close()
        try FileManager.default.removeItem(atPath: fixture.path + "/quarantine")
        #expect(FileManager.default.createFile(atPath: fixture.path + "/quarantine", contents: nil))
        let reopened = try fixture.open()
        let error = custodyError { _ = try reopened.reserve("alice") }
        guard case .storage = error else {
            Issue.record("expected a storage error, got \(String(describing: error))")
            return
        }
        #expect(reopened.snapshot.homeUser("alice", in: "acme") == nil)
        try FileManager.default.removeItem(atPath: fixture.path + "/quarantine")
        _ = try reopened.reserve("alice")
    }

    @Test func anAnswerWhoseUserIsGoneIsDropped() throws {
        let reservation = try store.reserve("alice")
        try fixture.breakTable("quarantine")
        try store.spill(reservation, answer: answer)
        try fixture.meddle { try $0.execute(sql: "DELETE FROM home_user WHERE name = 'alice'") }
        try fixture.mend("quarantine")
        #expect(try store.quarantined(in: nil).isEmpty)
        #expect(try room.allSatisfy { $0 == 0 })
    }
}
