// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import Testing

struct CreationTests {
    let fixture: StoreFixture
    let store: SQLiteStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importDeveloper(in: "acme")
    }

    @Test func aReservedNameIsShownAndUnusable() throws {
        let reservation = try store.reserveHomeUser(
            "alice", in: "acme", consumer: "main", by: "dev", requestID: "r1", upstreamUsername: "alice@example.com")
        #expect(reservation.name == "alice")
        #expect(reservation.developer == "dev")
        #expect(reservation.requestID == "r1")
        #expect(reservation.consumerVersion == 1)
        let access = try #require(store.snapshot.homeUser("alice", in: "acme"))
        #expect(access.user.state == .pending)
        #expect(access.user.credentialVersion == 0)
        #expect(access.user.upstreamUsername == "alice@example.com")
        #expect(!access.user.hasCredential)
        #expect(access.credential == nil)
        #expect(try store.reservations(in: nil) == [reservation])
    }

    @Test func aTakenNameIsRefused() throws {
        try store.importUser("bob", in: "acme")
        #expect(throws: CustodyError.alreadyExists(kind: .homeUser, name: "bob")) { try store.reserve("bob") }
        let reservation = try store.reserve("alice")
        let reserved = CustodyError.alreadyExists(kind: .reservation, name: "alice")
        #expect(throws: reserved) { try store.reserve("alice") }
        #expect(throws: reserved) { try store.importUser("alice", in: "acme", replacing: true) }
        try store.markReservationUnknown(reservation, reason: "the connection broke")
        #expect(throws: reserved) { try store.reserve("alice") }
        #expect(reserved.explanation.contains("wego-gateway user show alice"))
    }

    @Test func onlyOneOfManyAtOnceGetsTheName() throws {
        let winners = try concurrently(8) { _ in
            do {
                return [try store.reserve("alice")]
            } catch CustodyError.alreadyExists(kind: .reservation, name: "alice") {
                return []
            }
        }
        #expect(winners.flatMap(\.self).count == 1)
    }

    @Test func completingMakesTheUserActive() throws {
        let reservation = try store.reserve("alice")
        fixture.clock.advance(by: 3)
        let user = try store.completeReservation(
            reservation, token: Secret(utf8: "t"), tokenSecret: Secret(utf8: "ts"), upstreamUsername: "al")
        #expect(user.state == .active)
        #expect(user.since == fixture.clock.now)
        #expect(user.credentialVersion == 1)
        #expect(user.upstreamUsername == "al")
        for reopens in [false, true] {
            let store = reopens ? try reopened() : store
            let credential = try #require(store.credential(of: "alice", in: "acme"))
            #expect(credential.token.revealed == "t")
            #expect(credential.tokenSecret.revealed == "ts")
            #expect(credential.consumerKey == "acme-key")
            #expect(try store.reservations(in: "acme").isEmpty)
        }
        #expect(try fixture.brokenReferences() == 0)
    }

    @Test func aReservationEndsOnce() throws {
        let reservation = try store.reserve("alice")
        try store.complete(reservation, token: "first")
        let error = custodyError { try store.complete(reservation, token: "second") }
        #expect(error == .notFound(kind: .reservation, name: "alice"))
        #expect(error?.explanation.contains("It ended already") == true)
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "first")
    }

    private func reopened() throws -> SQLiteStore {
        store.close()
        return try fixture.open()
    }

    @Test func releasingFreesTheName() throws {
        let first = try store.reserve("alice")
        try store.releaseReservation(first)
        #expect(store.snapshot.homeUser("alice", in: "acme") == nil)
        let second = try store.reserve("alice")
        let ended = CustodyError.notFound(kind: .reservation, name: "alice")
        #expect(throws: ended) { try store.complete(first) }
        #expect(throws: ended) { try store.releaseReservation(first) }
        try store.complete(second)
        #expect(throws: ended) { try store.markReservationUnknown(second, reason: "late") }
    }

    @Test func anUnknownOutcomeKeepsTheName() throws {
        let reservation = try store.reserve("alice")
        fixture.clock.advance(by: 5)
        let user = try store.markReservationUnknown(reservation, reason: "time-out after sending")
        #expect(user.state == .unknown)
        #expect(user.reason == "time-out after sending")
        #expect(user.since == fixture.clock.now)
        #expect(user.advice?.contains("wego-gateway user rm alice --tenant acme") == true)
        for state in [HomeUserState.active, .frozen, .suspect, .pending] {
            #expect(custodyError { try store.setState(state, reason: nil, of: "alice", in: "acme") } != nil)
        }
    }

    private typealias Settlement = @Sendable (SQLiteStore, Reservation) throws -> HomeUserState?

    private static let settlements: [Settlement] = [
        { store, reservation in try store.complete(reservation).state },
        { store, _ in try store.importUser("alice", in: "acme", replacing: true).state },
        { store, _ in try store.replaceCredential(of: "alice", in: "acme", token: "t", tokenSecret: "s").state },
        { store, reservation in
            try store.releaseReservation(reservation)
            return nil
        },
        { store, reservation in
            try store.removeHomeUser(reservation.name, in: reservation.tenant)
            return nil
        },
        { store, _ in try store.setState(.revoked, reason: nil, of: "alice", in: "acme").state },
        { store, _ in try store.destroyHomeUser("alice", in: "acme").state },
    ]

    @Test(arguments: settlements.indices)
    func anOperatorSettlesIt(_ index: Int) throws {
        let reservation = try store.reserve("alice")
        try store.markReservationUnknown(reservation, reason: "lost")
        let state = try Self.settlements[index](store, reservation)
        #expect(store.snapshot.homeUser("alice", in: "acme")?.user.state == state)
        #expect(try store.reservations(in: nil).isEmpty)
        store.close()
        #expect(try fixture.brokenReferences() == 0)
    }

    @Test func aUserBeingCreatedCannotBeRemoved() throws {
        _ = try store.reserve("alice")
        #expect(
            custodyError { try store.removeHomeUser("alice", in: "acme") }?.explanation.contains("being created")
                == true)
        #expect(custodyError { try store.destroyHomeUser("alice", in: "acme") } != nil)
        #expect(custodyError { try store.setState(.frozen, reason: nil, of: "alice", in: "acme") } != nil)
    }

    @Test func whatACrashLeavesOpenIsUnknown() throws {
        let reservation = try store.reserve("alice")
        let crashed = try fixture.copyAsAfterACrash().open(fixture.ring)
        let user = try crashed.homeUser("alice", in: "acme")
        #expect(user.state == .unknown)
        #expect(user.reason?.contains("stopped") == true)
        let left = try #require(try crashed.reservations(in: "acme").first)
        #expect(left == reservation)
        #expect(left.requestID == "request-alice")
        try crashed.complete(left)
        #expect(crashed.credential(of: "alice", in: "acme") != nil)
    }

    @Test func theTokenBelongsToTheConsumerVersionThatSigned() throws {
        let reservation = try store.reserve("alice")
        try store.rotateConsumer("main", in: "acme", key: "second", secret: "second-secret")
        try store.importUser("dev", in: "acme", replacing: true)
        try store.complete(reservation)
        #expect(store.credential(of: "alice", in: "acme")?.consumerKey == "acme-key")
        #expect(store.credential(of: "dev", in: "acme")?.consumerKey == "second")
    }

    @Test func refusesADeveloperWithoutACredentialThere() throws {
        try store.addConsumer("alt", in: "acme", key: "k", secret: "s")
        let error = custodyError {
            _ = try store.reserveHomeUser("alice", in: "acme", consumer: "alt", by: "dev", requestID: "r")
        }
        #expect(error?.explanation.contains("no credential under consumer alt") == true)
        #expect(throws: CustodyError.notFound(kind: .homeUser, name: "nobody")) {
            try store.reserveHomeUser("alice", in: "acme", consumer: "main", by: "nobody", requestID: "r")
        }
        #expect(store.snapshot.homeUser("alice", in: "acme") == nil)
    }

    @Test func limitsCreationsAtOnce() throws {
        store.close()
        var limits = CustodyLimits()
        limits.maximumCreationsAtOnce = 2
        let other = try StoreFixture()
        let store = try other.open(limits: limits)
        try store.addTenantWithConsumer("acme")
        try store.importDeveloper(in: "acme")
        let first = try store.reserve("a")
        let second = try store.reserve("b")
        let error = custodyError { _ = try store.reserve("c") }
        #expect(error?.explanation.contains("2 home users are being created") == true)
        #expect(store.snapshot.homeUser("c", in: "acme") == nil)
        try store.complete(first)
        try store.releaseReservation(try store.reserve("c"))
        try store.markReservationUnknown(second, reason: "lost")
        _ = try store.reserve("d")
        #expect(custodyError { _ = try store.reserve("dev") } == .alreadyExists(kind: .homeUser, name: "dev"))
        _ = try store.reserve("e")
    }
}
