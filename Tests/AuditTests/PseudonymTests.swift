// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Testing

@testable import Audit

struct PseudonymTests {
    private let key = Array(UInt8(0)..<32)

    @Test func areTheSameForTheSameUserAndDifferForAnythingElse() throws {
        let pseudonyms = try #require(Pseudonyms(key: key))
        let one = pseudonyms.user(tenant: "acme", name: "alice", salt: [1, 2])
        #expect(one == pseudonyms.user(tenant: "acme", name: "alice", salt: [1, 2]))
        #expect(one != pseudonyms.user(tenant: "acme", name: "alice", salt: [1, 3]))
        #expect(one != pseudonyms.user(tenant: "acme", name: "bob", salt: [1, 2]))
        #expect(one != pseudonyms.user(tenant: "acmea", name: "lice", salt: [1, 2]))
        let others = try #require(Pseudonyms(key: key.reversed()))
        #expect(one != others.user(tenant: "acme", name: "alice", salt: [1, 2]))
    }

    @Test func aPseudonymReadsBackAndANameDoesNot() throws {
        let one = try #require(Pseudonyms(key: key)).user(tenant: "acme", name: "alice", salt: [])
        #expect(one.text.hasPrefix("usr_"))
        #expect(one.text.utf8.count == 36)
        #expect(UserPseudonym(one.text) == one)
        for text in ["alice", "", "usr_", one.text + "0", "usr_" + String(repeating: "G", count: 32)] {
            #expect(UserPseudonym(text) == nil)
        }
    }

    @Test func fingerprintsKeepKindsAndValuesApart() throws {
        let pseudonyms = try #require(Pseudonyms(key: key))
        let one = pseudonyms.fingerprint("limits", of: "60/min".utf8)
        #expect(one == pseudonyms.fingerprint("limits", of: "60/min".utf8))
        #expect(one != pseudonyms.fingerprint("limits", of: "61/min".utf8))
        #expect(one != pseudonyms.fingerprint("other", of: "60/min".utf8))
        #expect(!one.text.contains("60"))
    }

    @Test func aShortKeyIsRefused() {
        #expect(Pseudonyms(key: key.dropLast()) == nil)
    }
}
