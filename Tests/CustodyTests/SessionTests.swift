// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Foundation
import GRDB
import Secrets
import Testing

struct SessionTests {
    let fixture: StoreFixture
    let store: SQLiteStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenantWithConsumer("acme")
    }

    @Test func isTakenOnce() throws {
        let session = try store.addSession(.sample(token: "temporary"))
        #expect(session.user == "alice")
        #expect(session.mode == .browser)
        #expect(session.returnTo == "https://app.example/done")
        #expect(session.expires == fixture.clock.now + 600)
        #expect(try store.openSessions(in: "acme") == [session])
        guard case .taken(session, let credential) = try store.takeSession(oauthToken: "temporary") else {
            Issue.record("the session was not taken")
            return
        }
        #expect(credential.token.revealed == "temporary")
        #expect(credential.tokenSecret.revealed == "temporary-secret")
        #expect(credential.consumerKey == "acme-key")
        #expect(credential.consumerSecret.revealed == "acme-consumer-secret")
        #expect(try store.openSessions(in: nil).isEmpty)
        for reopens in [false, true] {
            let store = reopens ? try reopened() : store
            #expect(try store.takeSession(oauthToken: "temporary").word == "used")
        }
    }

    private func reopened() throws -> SQLiteStore {
        store.close()
        return try fixture.open()
    }

    @Test func onlyOneOfManyAtOnceTakesIt() throws {
        try store.addSession(.sample(token: "t"))
        let words = try concurrently(8) { _ in try store.takeSession(oauthToken: "t").word }
        #expect(words.filter { $0 == "taken" }.count == 1)
        #expect(words.filter { $0 == "used" }.count == 7)
    }

    @Test func severalOfOneUserSurviveARestart() throws {
        let sessions = try ["a", "b", "c"].map { try store.addSession(.sample(token: $0)) }
        let reopened = try reopened()
        #expect(try reopened.openSessions(in: "acme") == sessions)
        for token in ["c", "a", "b"] {
            #expect(try reopened.takeSession(oauthToken: Secret(utf8: token)).word == "taken")
        }
    }

    @Test func strangersGetNothing() throws {
        try store.addTenantWithConsumer("beta")
        try store.addSession(.sample(token: "t"))
        #expect(try store.takeSession(oauthToken: "other").word == "unknown")
        #expect(try store.takeSession(oauthToken: "t", mode: .browser, of: "bob", in: "acme").word == "unknown")
        #expect(try store.takeSession(oauthToken: "t", mode: .browser, of: "alice", in: "beta").word == "unknown")
        #expect(try store.takeSession(oauthToken: "t", mode: .browser, of: "alice", in: "acme").word == "taken")
    }

    @Test func isForItsModeAlone() throws {
        try store.addSession(.sample(token: "t"))
        #expect(try store.takeSession(oauthToken: "t", mode: .oob, of: nil, in: nil).word == "unknown")
        #expect(try store.takeSession(oauthToken: "t", mode: .browser, of: nil, in: nil).word == "taken")
    }

    @Test func canBeGivenBack() throws {
        let session = try store.addSession(.sample(token: "t"))
        #expect(try store.takeSession(oauthToken: "t").word == "taken")
        try store.giveBackSession(session, tokenSecret: "t-secret")
        #expect(try store.openSessions(in: nil) == [session])
        // One that is open stays as it is.
        try store.giveBackSession(session, tokenSecret: "other")
        guard case .taken(_, let credential) = try store.takeSession(oauthToken: "t") else {
            Issue.record("the session was not given back")
            return
        }
        #expect(credential.tokenSecret.revealed == "t-secret")
        try store.importUser("alice", in: "acme")
        try store.giveBackSession(session, tokenSecret: "t-secret")
        #expect(try store.takeSession(oauthToken: "t").word == "unknown")
    }

    @Test func aMissChangesNothing() throws {
        let generation = store.snapshot.generation
        #expect(try store.takeSession(oauthToken: "nobody").word == "unknown")
        try store.sweepSessions()
        try store.addSession(.sample(token: "t"))
        _ = try store.takeSession(oauthToken: "t")
        #expect(store.snapshot.generation == generation)
    }

    @Test func expires() throws {
        try store.addSession(.sample(token: "t"))
        fixture.clock.advance(by: 599)
        #expect(try store.openSessions(in: nil).count == 1)
        fixture.clock.advance(by: 1)
        #expect(try store.openSessions(in: nil).isEmpty)
        #expect(try store.takeSession(oauthToken: "t").word == "expired")
        #expect(try store.sweepSessions() == 0)
        fixture.clock.advance(by: 3_600)
        #expect(try store.sweepSessions() == 1)
        #expect(try store.takeSession(oauthToken: "t").word == "unknown")
    }

    @Test func isBoundedPerTenant() throws {
        store.close()
        var limits = CustodyLimits()
        limits.maximumSessionsPerTenant = 2
        let store = try fixture.open(limits: limits)
        try store.addTenantWithConsumer("beta")
        try store.addSession(.sample(token: "1"))
        try store.addSession(.sample(token: "2"))
        let error = custodyError { try store.addSession(.sample(token: "3")) }
        #expect(error?.explanation.contains("2 unfinished authorizations") == true)
        try store.addSession(.sample(token: "4", tenant: "beta"))
        for round in 0..<6 {
            _ = try store.takeSession(oauthToken: Secret(utf8: round == 0 ? "1" : "next\(round - 1)"))
            try store.addSession(.sample(token: "next\(round)"))
        }
        store.close()
        let rows = try fixture.meddle { try Int.fetchOne($0, sql: "SELECT count(*) FROM oauth_session") ?? 0 }
        #expect(rows <= 6)
    }

    @Test func isBoundedPerUser() throws {
        store.close()
        var limits = CustodyLimits()
        limits.maximumSessionsPerUser = 2
        let store = try fixture.open(limits: limits)
        try store.addSession(.sample(token: "1"))
        try store.checkRoomForSession(of: "alice", in: "acme")
        try store.addSession(.sample(token: "2"))
        for attempt in [
            { try store.checkRoomForSession(of: "alice", in: "acme") }, { try store.addSession(.sample(token: "3")) },
        ] as [() throws -> Void] {
            #expect(custodyError(attempt)?.explanation.contains("alice has 2 unfinished authorizations") == true)
        }
        try store.checkRoomForSession(of: "bob", in: "acme")
        // One that was taken, or has expired, makes room.
        _ = try store.takeSession(oauthToken: "1")
        try store.addSession(.sample(token: "4"))
        fixture.clock.advance(by: 600)
        try store.addSession(.sample(token: "5"))
    }

    private static let faults: [@Sendable (inout NewOAuthSession) -> Void] = [
        { $0.lifetime = 0 }, { $0.lifetime = 86_401 }, { $0.returnTo = "https://a b" }, { $0.returnTo = "" },
        { $0.token = "" }, { $0.tokenSecret = "a b" }, { $0.consumer = "other" }, { $0.consumerVersion = 2 },
        { $0.tenant = "nobody" },
    ]

    @Test(arguments: faults.indices)
    func refusesWhatMakesNoSense(_ index: Int) throws {
        var new = NewOAuthSession.sample(token: "t")
        Self.faults[index](&new)
        #expect(custodyError { try store.addSession(new) } != nil)
        #expect(try store.openSessions(in: nil).isEmpty)
    }

    @Test func refusesARepeatedToken() throws {
        try store.addSession(.sample(token: "t"))
        #expect(throws: CustodyError.alreadyExists(kind: .authorization, name: "alice")) {
            try store.addSession(.sample(token: "t"))
        }
    }

    @Test func refusesAFrozenUser() throws {
        try store.importUser("alice", in: "acme")
        try store.setState(.frozen, reason: nil, of: "alice", in: "acme")
        #expect(custodyError { try store.addSession(.sample(token: "t")) }?.explanation.contains("thaw") == true)
    }

    @Test func theExchangeIsSignedAsTheBeginningWas() throws {
        try store.addSession(.sample(token: "t"))
        try store.rotateConsumer("main", in: "acme", key: "second", secret: "second-secret")
        guard case .taken(let session, let credential) = try store.takeSession(oauthToken: "t") else {
            Issue.record("the session was not taken")
            return
        }
        #expect(credential.consumerKey == "acme-key")
        try store.connectHomeUser(session, token: "new", tokenSecret: "new-secret")
        #expect(store.credential(of: "alice", in: "acme")?.consumerKey == "acme-key")
        fixture.clock.advance(by: 10_000)
        try store.removeHomeUser("alice", in: "acme")
        try store.sweepSessions()
        store.close()
        let versions = try fixture.meddle { try Int.fetchAll($0, sql: "SELECT version FROM consumer_version") }
        #expect(versions == [2])
    }

    @Test func goesWithItsUserConsumerOrTenant() throws {
        try store.importUser("alice", in: "acme")
        try store.addSession(.sample(token: "1"))
        try store.removeHomeUser("alice", in: "acme")
        #expect(try store.takeSession(oauthToken: "1").word == "unknown")
        try store.addSession(.sample(token: "2"))
        try store.removeConsumer("main", in: "acme")
        #expect(try store.takeSession(oauthToken: "2").word == "unknown")
        try store.addTenantWithConsumer("beta")
        try store.addSession(.sample(token: "3", tenant: "beta"))
        try store.removeTenant("beta")
        #expect(try store.takeSession(oauthToken: "3").word == "unknown")
        store.close()
        #expect(try fixture.brokenReferences() == 0)
    }

    @Test func aSpoiltSecretEndsTheSession() throws {
        try store.addSession(.sample(token: "t"))
        try fixture.meddle { try $0.execute(sql: "UPDATE oauth_session SET sealed_secret = zeroblob(60)") }
        #expect(try store.takeSession(oauthToken: "t").word == "unreadable")
        #expect(try store.takeSession(oauthToken: "t").word == "used")
    }

    @Test func neitherTokenNorSecretReachesAFile() throws {
        try store.addSession(.sample(token: "canary"))
        for (name, content) in try fixture.contents() {
            #expect(content.range(of: Data("canary".utf8)) == nil, "\(name)")
        }
    }
}

extension NewOAuthSession {
    static func sample(
        token: String, user: HomeUserName = "alice", tenant: TenantName = "acme"
    ) -> NewOAuthSession {
        NewOAuthSession(
            user: user, tenant: tenant, consumer: "main", consumerVersion: 1, mode: .browser,
            returnTo: "https://app.example/done", lifetime: 600, token: Secret(utf8: token),
            tokenSecret: Secret(utf8: token + "-secret"))
    }
}

extension OAuthSessionTaking {
    var word: String {
        switch self {
        case .taken: "taken"
        case .alreadyUsed: "used"
        case .expired: "expired"
        case .unreadable: "unreadable"
        case .unknown: "unknown"
        }
    }
}
