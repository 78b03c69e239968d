// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import Testing

/// What a three-legged authorization ends in.
struct ConnectionTests {
    let fixture: StoreFixture
    let store: SQLiteStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenantWithConsumer("acme")
    }

    private func session(_ token: String = "t") throws -> OAuthSession {
        try store.addSession(.sample(token: token))
        guard case .taken(let session, _) = try store.takeSession(oauthToken: Secret(utf8: token)) else {
            throw CustodyError.notFound(kind: .authorization, name: token)
        }
        return session
    }

    @discardableResult
    private func connect(_ token: String) throws -> HomeUser {
        try store.connectHomeUser(try session(token), token: Secret(utf8: token), tokenSecret: "s")
    }

    private var token: String? { store.credential(of: "alice", in: "acme")?.token.revealed }

    @Test func createsAUser() throws {
        let user = try connect("new")
        #expect(user.state == .active)
        #expect(user.credentialVersion == 1)
        #expect(token == "new")
        #expect(try store.unconfirmedHomeUsers() == [user])
        #expect(try store.confirmCredential(of: "alice", in: "acme", version: 1) == user)
        #expect(try store.unconfirmedHomeUsers().isEmpty)
        #expect(try store.revertCredential(of: "alice", in: "acme", version: 1) == user)
    }

    @Test func aUserThatDoesNotWorkWasNever() throws {
        try connect("bad")
        #expect(try store.revertCredential(of: "alice", in: "acme", version: 1) == nil)
        #expect(store.snapshot.homeUser("alice", in: "acme") == nil)
        store.close()
        #expect(try fixture.brokenReferences() == 0)
    }

    @Test func keepsTheOldCredentialUntilTheNewOneIsConfirmed() throws {
        try store.importHomeUser(
            "alice", in: "acme", consumer: "main", token: "old", tokenSecret: "old-secret", isDeveloper: true)
        let replaced = try connect("new")
        #expect(replaced.credentialVersion == 2)
        #expect(replaced.isDeveloper)
        #expect(token == "new")
        let reverted = try #require(try store.revertCredential(of: "alice", in: "acme", version: 2))
        #expect(reverted.credentialVersion == 3)
        #expect(reverted.state == .active)
        #expect(token == "old")
        store.close()
        let reopened = try fixture.open()
        #expect(reopened.credential(of: "alice", in: "acme")?.tokenSecret.revealed == "old-secret")
        #expect(try reopened.unconfirmedHomeUsers().isEmpty)
    }

    @Test func survivesACrashBeforeTheConfirmation() throws {
        try store.importUser("alice", in: "acme", token: "old")
        try connect("new")
        let reopened = try fixture.copyAsAfterACrash().open(fixture.ring)
        let user = try #require(try reopened.unconfirmedHomeUsers().first)
        #expect(reopened.credential(of: "alice", in: "acme")?.token.revealed == "new")
        try reopened.revertCredential(of: user.name, in: user.tenant, version: user.credentialVersion)
        #expect(reopened.credential(of: "alice", in: "acme")?.token.revealed == "old")
    }

    @Test func goesBackToTheLastConfirmedOne() throws {
        try store.importUser("alice", in: "acme", token: "old")
        try connect("first")
        try connect("second")
        try store.confirmCredential(of: "alice", in: "acme", version: 2)
        #expect(try store.unconfirmedHomeUsers().count == 1)
        #expect(try store.revertCredential(of: "alice", in: "acme", version: 2)?.credentialVersion == 3)
        #expect(token == "second")
        try store.revertCredential(of: "alice", in: "acme", version: 3)
        #expect(token == "old")
    }

    @Test func theOldCredentialKeepsItsConsumerVersion() throws {
        try store.importUser("alice", in: "acme", token: "old")
        try store.rotateConsumer("main", in: "acme", key: "second", secret: "second-secret")
        try store.replaceCredential(of: "alice", in: "acme", token: "new", tokenSecret: "s")
        #expect(store.credential(of: "alice", in: "acme")?.consumerKey == "second")
        try store.rotateConsumer("main", in: "acme", key: "third", secret: "third-secret")
        try store.revertCredential(of: "alice", in: "acme", version: 2)
        #expect(store.credential(of: "alice", in: "acme")?.consumerKey == "acme-key")
        store.close()
        #expect(try fixture.brokenReferences() == 0)
    }

    @Test func aConsumerOfAKeptCredentialCannotBeRemoved() throws {
        try store.addConsumer("alt", in: "acme", key: "k", secret: "s")
        try store.importUser("alice", in: "acme", consumer: "alt")
        try connect("new")
        #expect(custodyError { try store.removeConsumer("alt", in: "acme") }?.explanation.contains("alice") == true)
        try store.confirmCredential(of: "alice", in: "acme", version: 2)
        try store.removeConsumer("alt", in: "acme")
    }

    @Test(arguments: [HomeUserState.revoked, .destroyed, .suspect, .unknown])
    func goesBackToTheStateBefore(_ state: HomeUserState) throws {
        try store.importUser("alice", in: "acme", token: "old")
        try store.setState(state, reason: "before", of: "alice", in: "acme")
        let since = try store.homeUser("alice", in: "acme").since
        fixture.clock.advance(by: 5)
        let user = try connect("new")
        #expect(user.state == .active)
        #expect(user.reason == nil)
        let reverted = try #require(
            try store.revertCredential(of: "alice", in: "acme", version: user.credentialVersion))
        #expect(reverted.state == state)
        #expect(reverted.reason == "before")
        #expect(reverted.since == since)
        #expect(token == (state == .suspect ? "old" : nil))
        store.close()
        #expect(try fixture.brokenReferences() == 0)
    }

    @Test func aFreezeMeanwhileStands() throws {
        try store.importUser("alice", in: "acme", token: "old")
        try connect("new")
        try store.setState(.frozen, reason: "stop", of: "alice", in: "acme")
        #expect(try store.revertCredential(of: "alice", in: "acme", version: 2)?.state == .frozen)
        #expect(token == nil)
        try store.setState(.active, reason: nil, of: "alice", in: "acme")
        #expect(token == "old")
    }

    @Test func aFreezeOfANewUserOutlivesItsCredential() throws {
        try connect("new")
        try store.setState(.frozen, reason: "stop", of: "alice", in: "acme")
        #expect(try store.revertCredential(of: "alice", in: "acme", version: 1)?.state == .revoked)
    }

    private static let decisions: [@Sendable (SQLiteStore) throws -> Void] = [
        { try $0.removeHomeUser("alice", in: "acme") },
        { try $0.setState(.revoked, reason: nil, of: "alice", in: "acme") },
        { try $0.destroyHomeUser("alice", in: "acme") },
        { try $0.setState(.frozen, reason: nil, of: "alice", in: "acme") },
    ]

    @Test(arguments: decisions.indices)
    func aRunningAuthorizationDoesNotUndoADecision(_ index: Int) throws {
        try store.importUser("alice", in: "acme", token: "old")
        let session = try session()
        try Self.decisions[index](store)
        #expect(custodyError { try store.connectHomeUser(session, token: "new", tokenSecret: "s") } != nil)
        #expect(token == nil)
    }

    @Test func anImportEndsTheTrial() throws {
        try store.importUser("alice", in: "acme", token: "old")
        try connect("new")
        try store.importUser("alice", in: "acme", token: "imported", replacing: true)
        #expect(try store.unconfirmedHomeUsers().isEmpty)
        #expect(try store.revertCredential(of: "alice", in: "acme", version: 3)?.state == .active)
        #expect(token == "imported")
    }

    private static let news: [@Sendable (SQLiteStore) throws -> Void] = [
        { try $0.importUser("alice", in: "acme", token: "newer", replacing: true) },
        { store in
            try store.addSession(.sample(token: "other"))
            guard case .taken(let other, _) = try store.takeSession(oauthToken: "other") else { return }
            try store.connectHomeUser(other, token: "newer", tokenSecret: "s")
        },
    ]

    /// Neither a link that lies about nor one whose exchange is under way.
    @Test(arguments: news.indices)
    func anOldLinkDoesNotReplaceANewerCredential(_ index: Int) throws {
        try store.importUser("alice", in: "acme", token: "old")
        try store.addSession(.sample(token: "lying"))
        let underWay = try session("under way".replacing(" ", with: "-"))
        try Self.news[index](store)
        #expect(try store.takeSession(oauthToken: "lying").word == "unknown")
        #expect(
            throws: CustodyError.notFound(kind: .authorization, name: "alice")
        ) { try store.connectHomeUser(underWay, token: "stale", tokenSecret: "s") }
        #expect(token == "newer")
    }

    @Test func aCreationEndsOpenLinks() throws {
        try store.importDeveloper(in: "acme")
        try store.addSession(.sample(token: "lying"))
        try store.complete(try store.reserve("alice"), token: "created")
        #expect(try store.takeSession(oauthToken: "lying").word == "unknown")
    }

    @Test func remembersTheAccount() throws {
        let user = try connect("new")
        #expect(user.upstreamAccount.isEmpty)
        let account = UpstreamAccount(id: "7", username: "alice")
        // Of one that is not current nothing is taken over.
        #expect(try store.confirmCredential(of: "alice", in: "acme", version: 2, account: account).upstreamID == nil)
        let confirmed = try store.confirmCredential(of: "alice", in: "acme", version: 1, account: account)
        #expect(confirmed.upstreamAccount == account)
        try store.setState(.revoked, reason: nil, of: "alice", in: "acme")
        #expect(store.snapshot.homeUser("alice", in: "acme")?.user.upstreamAccount == account)
        #expect(try connect("again").upstreamAccount == account)
        try store.confirmCredential(of: "alice", in: "acme", version: 2)
        #expect(store.snapshot.homeUser("alice", in: "acme")?.user.upstreamAccount == account)
        // Somebody may mean another account.
        #expect(try store.importUser("alice", in: "acme", replacing: true).upstreamAccount.isEmpty)
    }
}
