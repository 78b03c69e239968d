// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Secrets
import TestSupport
import Testing

@testable import Custody

/// What the store changes by itself is told, so that it can be recorded.
struct SettledChangesTests {
    private let fixture: StoreFixture
    private let store: SQLiteStore
    private let told = Watched<[String]>([])

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importDeveloper(in: "acme")
    }

    private func observe(_ store: SQLiteStore) {
        store.observeSettling { [told] change in
            let (before, after) = (change.before.user, change.after.user)
            told.change { $0.append("\(after.name): \(before.state) \(after.state) \(change.cause)") }
        }
    }

    @Test func creationsThatNobodyEnds() throws {
        _ = try store.reserve("alice")
        _ = try store.reserve("bob")
        store.close()
        let reopened = try fixture.open()
        observe(reopened)
        #expect(
            told.current.sorted() == [
                "alice: pending unknown creatorIsGone", "bob: pending unknown creatorIsGone",
            ])
        #expect(reopened.snapshot.homeUser("alice", in: "acme")?.keyIdentifier != nil, "it can be told who it is")
        reopened.close()
        told.change { $0 = [] }
        observe(try fixture.open())
        #expect(told.current.isEmpty, "once")
    }

    @Test func answersThatAreTakenInLater() throws {
        observe(store)
        let reservation = try store.reserve("alice")
        try fixture.breakTable("quarantine")
        try store.spill(reservation, answer: "canary")
        #expect(try store.quarantined(in: "acme").map(\.isSpilled) == [true])
        #expect(told.current.isEmpty)
        try fixture.mend("quarantine")
        #expect(try store.quarantined(in: "acme").map(\.isSpilled) == [false])
        #expect(told.current == ["alice: pending unknown answerTakenIn"])
    }

    /// Until what becomes of them can be recorded.
    @Test func whatADeadProcessLeftWaitsToBeSettled() throws {
        let reservation = try store.reserve("alice")
        try store.spill(reservation, answer: "canary")
        store.close()
        let reopened = try SQLiteStore.open(
            directory: fixture.path, keyRing: fixture.ring, createIfMissing: false, settling: false)
        observe(reopened)
        #expect(try reopened.needsSettling())
        // Neither looking nor another change settles it.
        #expect(try reopened.quarantined(in: "acme").map(\.isSpilled) == [true])
        try reopened.importUser("bob", in: "acme")
        #expect(reopened.snapshot.homeUser("alice", in: "acme")?.user.state == .pending)
        #expect(told.current.isEmpty)
        try reopened.settle()
        #expect(
            told.current == ["alice: pending unknown creatorIsGone", "alice: unknown unknown answerTakenIn"])
        #expect(try !reopened.needsSettling())
        #expect(try reopened.quarantined(in: "acme").map(\.isSpilled) == [false])
    }

    @Test func bothAtAStart() throws {
        let reservation = try store.reserve("alice")
        try store.spill(reservation, answer: "canary")
        store.close()
        observe(try fixture.open())
        #expect(
            told.current == ["alice: pending unknown creatorIsGone", "alice: unknown unknown answerTakenIn"])
    }
}
