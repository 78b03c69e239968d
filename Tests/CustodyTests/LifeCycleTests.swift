// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Testing

struct LifeCycleTests {
    let fixture: StoreFixture
    let store: SQLiteStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importUser("alice", in: "acme")
    }

    @Test func suspicionComesAndGoesOnce() throws {
        fixture.clock.advance(by: 7)
        let since = fixture.clock.now
        #expect(try store.markSuspect("alice", in: "acme", reason: "token_rejected"))
        fixture.clock.advance(by: 7)
        let generation = store.snapshot.generation
        #expect(try !store.markSuspect("alice", in: "acme", reason: "again"))
        #expect(store.snapshot.generation == generation)
        let user = try store.homeUser("alice", in: "acme")
        #expect(user.state == .suspect)
        #expect(user.reason == "token_rejected")
        #expect(user.since == since)
        #expect(store.credential(of: "alice", in: "acme") != nil)
        #expect(try store.markActive("alice", in: "acme"))
        #expect(try !store.markActive("alice", in: "acme"))
        #expect(try store.homeUser("alice", in: "acme").since == fixture.clock.now)
        #expect(try store.homeUser("alice", in: "acme").reason == nil)
    }

    @Test(arguments: [HomeUserState.frozen, .revoked, .destroyed, .unknown])
    func whatWasDecidedStands(_ state: HomeUserState) throws {
        let user = try store.setState(state, reason: "decided", of: "alice", in: "acme")
        #expect(try !store.markSuspect("alice", in: "acme", reason: "late"))
        #expect(try !store.markActive("alice", in: "acme"))
        #expect(try store.homeUser("alice", in: "acme") == user)
    }

    @Test func aLateRefusalDoesNotTouchANewerCredential() throws {
        try store.importUser("alice", in: "acme", token: "new", replacing: true)
        #expect(try !store.markSuspect("alice", in: "acme", credentialVersion: 1, reason: "late"))
        #expect(try store.markSuspect("alice", in: "acme", credentialVersion: 2, reason: "refused"))
        #expect(try !store.markActive("alice", in: "acme", credentialVersion: 1))
        #expect(try store.markActive("alice", in: "acme", credentialVersion: 2))
    }

    @Test func strangersAreNoError() throws {
        #expect(try !store.markSuspect("nobody", in: "acme", reason: "late"))
        #expect(try !store.markActive("nobody", in: "nowhere"))
    }

    @Test func everyStateButActiveHasAdvice() throws {
        for state in HomeUserState.allCases {
            for hasCredential in [true, false] {
                let user = HomeUser(
                    tenant: "acme", name: "alice", consumer: "main", isDeveloper: false, state: state, reason: nil,
                    since: 0, created: 0, credentialVersion: 1, hasCredential: hasCredential)
                #expect((user.advice == nil) == (state == .active))
            }
        }
    }
}
