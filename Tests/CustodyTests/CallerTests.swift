// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import Testing

struct CallerTests {
    let fixture: StoreFixture
    let store: SQLiteStore

    init() throws {
        fixture = try StoreFixture()
        store = try fixture.open()
        try store.addTenant("acme")
    }

    private func access(_ key: CallerKey) -> CallerAccess? {
        store.snapshot.caller(keyIdentifier: key.identifier)
    }

    @Test func aNewKeyIsGoodAtOnce() throws {
        let key = try store.addCaller("app", in: "acme", users: .listed(["alice"]), scopes: [.read, .write])
        let access = try #require(self.access(key))
        #expect(access.accepts(key))
        #expect(
            access.caller
                == Caller(
                    tenant: "acme", name: "app", users: .listed(["alice"]), scopes: [.read, .write],
                    keyIdentifiers: [key.identifier], created: fixture.clock.now))
        #expect(access.users.contains("alice"))
        #expect(!access.users.contains("bob"))
        #expect(try store.callers(in: "acme") == [access.caller])
    }

    @Test func anotherKeyOfTheSameIdentifierIsRefused() throws {
        let key = try store.addCaller("app", in: "acme", users: .all, scopes: .read)
        let forged = key.text.expose { text in
            CallerKey(
                text.dropLast().map(\.self) + [text.last == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")])
        }
        let forgedKey = try #require(forged)
        #expect(forgedKey.identifier == key.identifier)
        #expect(access(forgedKey)?.accepts(forgedKey) == false)
    }

    @Test func survivesReopening() throws {
        let key = try store.addCaller("app", in: "acme", users: .listed(["alice", "bob"]), scopes: [.users, .connect])
        let everybody = try store.addCaller("batch", in: "acme", users: .all, scopes: .read)
        let before = try store.callers(in: nil)
        store.close()
        let reopened = try fixture.open()
        #expect(try reopened.callers(in: nil) == before)
        for key in [key, everybody] {
            #expect(reopened.snapshot.caller(keyIdentifier: key.identifier)?.accepts(key) == true)
        }
    }

    @Test func twoKeysAreValidDuringARotation() throws {
        let first = try store.addCaller("app", in: "acme", users: .all, scopes: .read)
        let second = try store.rotateCaller("app", in: "acme")
        #expect(access(first)?.accepts(first) == true)
        #expect(access(second)?.accepts(second) == true)
        let third = try store.rotateCaller("app", in: "acme")
        #expect(access(first) == nil)
        #expect(access(second)?.accepts(second) == true)
        #expect(access(third)?.caller.keyIdentifiers == [second.identifier, third.identifier])
        let fourth = try store.rotateCaller("app", in: "acme", keepingPrevious: false)
        #expect(access(second) == nil)
        #expect(access(third) == nil)
        #expect(access(fourth)?.caller.keyIdentifiers == [fourth.identifier])
    }

    @Test func removalEndsAllKeys() throws {
        let first = try store.addCaller("app", in: "acme", users: .all, scopes: .read)
        let second = try store.rotateCaller("app", in: "acme")
        try store.removeCaller("app", in: "acme")
        #expect(access(first) == nil)
        #expect(access(second) == nil)
        #expect(try store.callers(in: "acme").isEmpty)
    }

    @Test func refusesWhatMakesNoSense() throws {
        let key = try store.addCaller("app", in: "acme", users: .all, scopes: .read)
        #expect(throws: CustodyError.alreadyExists(kind: .caller, name: "app")) {
            try store.addCaller("app", in: "acme", users: .all, scopes: .read)
        }
        #expect(throws: CustodyError.notFound(kind: .caller, name: "web")) { try store.rotateCaller("web", in: "acme") }
        #expect(throws: CustodyError.notFound(kind: .caller, name: "web")) { try store.removeCaller("web", in: "acme") }
        let noScopes = custodyError { _ = try store.addCaller("web", in: "acme", users: .all, scopes: []) }
        #expect(noScopes?.explanation.contains("at least one scope") == true)
        let nobody = custodyError { _ = try store.addCaller("web", in: "acme", users: .listed([]), scopes: .read) }
        #expect(nobody?.explanation.contains("must name 1 to") == true)
        #expect(try store.callers(in: nil).map(\.name) == ["app"])
        #expect(access(key)?.accepts(key) == true)
    }
}
