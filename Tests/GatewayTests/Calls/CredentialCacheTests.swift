// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Secrets
import Testing

@testable import Gateway

struct CredentialCacheTests {
    private func access(_ name: String, usable: Bool = true) throws -> HomeUserAccess {
        HomeUserAccess(
            user: HomeUser(
                tenant: try #require(TenantName("t")), name: try #require(HomeUserName(name)),
                consumer: try #require(ConsumerName("c")), isDeveloper: false, state: .active, reason: nil, since: 0,
                created: 0, credentialVersion: 1),
            credential: usable
                ? HomeUserCredential(
                    consumerKey: name, consumerSecret: Secret(utf8: "cs"), token: Secret(utf8: "t"),
                    tokenSecret: Secret(utf8: "ts")) : nil)
    }

    @Test func makesEachCredentialOnce() throws {
        let cache = CredentialCache()
        let (alice, bob) = (try access("alice"), try access("bob"))
        #expect(cache.material(of: alice, generation: 1)?.credential.consumerKey == Array("alice".utf8))
        #expect(cache.material(of: bob, generation: 1)?.credential.consumerKey == Array("bob".utf8))
        #expect(cache.material(of: alice, generation: 1)?.credential.consumerKey == Array("alice".utf8))
        #expect(cache.count == 2)
    }

    @Test func hasNoneWithoutACredential() throws {
        #expect(CredentialCache().material(of: try access("alice", usable: false), generation: 1) == nil)
    }

    @Test func forgetsEverythingWhenCustodyChanges() throws {
        let cache = CredentialCache()
        for name in ["a", "b", "c"] { _ = cache.material(of: try access(name), generation: 1) }
        _ = cache.material(of: try access("d"), generation: 2)
        #expect(cache.count == 1)
    }

    @Test func doesNotKeepWhatMayBeRevokedAlready() throws {
        let cache = CredentialCache()
        _ = cache.material(of: try access("new"), generation: 2)
        #expect(cache.material(of: try access("old"), generation: 1) != nil)
        #expect(cache.count == 1)
    }

    @Test func isBounded() throws {
        let cache = CredentialCache(maximumEntries: 3)
        for number in 0..<10 { _ = cache.material(of: try access("u\(number)"), generation: 1) }
        #expect(cache.count <= 3)
    }
}
