// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import Testing

struct HomeUserTests {
    let fixture: StoreFixture
    let store: SQLiteStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenantWithConsumer("acme")
    }

    @Test func importsACredential() throws {
        let user = try store.importHomeUser(
            "alice", in: "acme", consumer: "main", token: Secret(utf8: "t"), tokenSecret: Secret(utf8: "ts"),
            isDeveloper: true)
        let now = fixture.clock.now
        #expect(
            user
                == HomeUser(
                    tenant: "acme", name: "alice", consumer: "main", isDeveloper: true, state: .active, reason: nil,
                    since: now, created: now, credentialVersion: 1))
        #expect(try store.homeUser("alice", in: "acme") == user)
        let credential = try #require(store.credential(of: "alice", in: "acme"))
        #expect(credential.consumerKey == "acme-key")
        #expect(credential.consumerSecret.revealed == "acme-consumer-secret")
        #expect(credential.token.revealed == "t")
        #expect(credential.tokenSecret.revealed == "ts")
    }

    @Test func keepsTenantsApart() throws {
        try store.addTenantWithConsumer("beta")
        try store.importUser("alice", in: "acme")
        try store.importUser("alice", in: "beta")
        #expect(store.credential(of: "alice", in: "beta")?.token.revealed == "beta-alice-token")
        try store.removeHomeUser("alice", in: "acme")
        #expect(store.snapshot.homeUser("alice", in: "acme") == nil)
        #expect(store.credential(of: "alice", in: "beta") != nil)
        #expect(try store.homeUsers(in: nil).map(\.tenant) == ["beta"])
        #expect(try store.homeUsers(in: "acme").isEmpty)
    }

    @Test func refusesAKnownNameUnlessReplacing() throws {
        try store.importUser("alice", in: "acme", token: "first")
        #expect(throws: CustodyError.alreadyExists(kind: .homeUser, name: "alice")) {
            try store.importUser("alice", in: "acme", token: "second")
        }
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "first")
        let created = fixture.clock.now
        fixture.clock.advance(by: 60)
        let user = try store.importUser("alice", in: "acme", token: "second", replacing: true)
        #expect(user.credentialVersion == 2)
        #expect(user.created == created)
        #expect(user.since == created + 60)
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "second")
    }

    @Test(arguments: [HomeUserState.frozen, .revoked, .destroyed])
    func anUnusableUserStaysVisibleWithoutACredential(_ state: HomeUserState) throws {
        try store.importUser("alice", in: "acme")
        fixture.clock.advance(by: 9)
        try store.setState(state, reason: "lost device", of: "alice", in: "acme")
        for store in [store, try reopened()] {
            let access = try #require(store.snapshot.homeUser("alice", in: "acme"))
            #expect(access.user.state == state)
            #expect(access.user.reason == "lost device")
            // That of a destroyed user is kept to the month only.
            #expect(state == .destroyed || access.user.since == fixture.clock.now)
            #expect(access.credential == nil)
        }
    }

    private func reopened() throws -> SQLiteStore {
        store.close()
        return try fixture.open()
    }

    @Test func aSuspectStaysInUse() throws {
        try store.importUser("alice", in: "acme")
        try store.setState(.suspect, reason: "upstream answered 401", of: "alice", in: "acme")
        #expect(store.credential(of: "alice", in: "acme") != nil)
        try store.setState(.active, reason: nil, of: "alice", in: "acme")
        #expect(try store.homeUser("alice", in: "acme").reason == nil)
    }

    @Test func thawingBringsTheCredentialBack() throws {
        try store.importUser("alice", in: "acme")
        try store.setState(.frozen, reason: nil, of: "alice", in: "acme")
        let error = custodyError { try store.importUser("alice", in: "acme", token: "new", replacing: true) }
        #expect(error?.explanation.contains("user thaw alice --tenant acme") == true)
        try store.setState(.active, reason: nil, of: "alice", in: "acme")
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "acme-alice-token")
    }

    @Test(arguments: [HomeUserState.revoked, .destroyed])
    func onlyAnImportLeadsBack(from state: HomeUserState) throws {
        try store.importUser("alice", in: "acme")
        try store.setState(state, reason: nil, of: "alice", in: "acme")
        let error = custodyError { try store.setState(.active, reason: nil, of: "alice", in: "acme") }
        #expect(error?.explanation.contains("wego-gateway user import alice --replace") == true)
        try store.importUser("alice", in: "acme", token: "again", replacing: true)
        #expect(store.credential(of: "alice", in: "acme")?.token.revealed == "again")
        #expect(try reopened().credential(of: "alice", in: "acme")?.token.revealed == "again")
    }

    @Test func stayingInAStateKeepsItsBeginning() throws {
        try store.importUser("alice", in: "acme")
        try store.setState(.suspect, reason: "one", of: "alice", in: "acme")
        let since = fixture.clock.now
        fixture.clock.advance(by: 100)
        let user = try store.setState(.suspect, reason: "two", of: "alice", in: "acme")
        #expect(user.since == since)
        #expect(user.reason == "two")
    }

    @Test func refusesUnknownUsers() {
        let unknown = CustodyError.notFound(kind: .homeUser, name: "bob")
        #expect(throws: unknown) { try store.homeUser("bob", in: "acme") }
        #expect(throws: unknown) { try store.setState(.frozen, reason: nil, of: "bob", in: "acme") }
        #expect(throws: unknown) { try store.removeHomeUser("bob", in: "acme") }
    }
}

struct HomeUserStateTests {
    private static let allowed: [HomeUserState: Set<HomeUserState>] = [
        .pending: [.pending],
        .active: [.active, .suspect, .unknown, .revoked, .frozen, .destroyed],
        .suspect: [.active, .suspect, .unknown, .revoked, .frozen, .destroyed],
        .unknown: [.active, .unknown, .revoked, .frozen, .destroyed],
        .frozen: [.active, .unknown, .frozen, .revoked, .destroyed],
        .revoked: [.revoked, .destroyed],
        .destroyed: [.destroyed],
    ]

    @Test(arguments: HomeUserState.allCases, HomeUserState.allCases)
    func mayBecome(_ state: HomeUserState, _ next: HomeUserState) {
        #expect(state.mayBecome(next) == Self.allowed[state]?.contains(next))
    }
}
