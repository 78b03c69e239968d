// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Foundation
import GRDB
import Secrets
import Testing

/// The key behind the names of home users in the audit journal.
struct PseudonymKeyTests {
    let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
        try fixture.open().close()
    }

    private func key(_ ring: KeyRing? = nil) throws -> Secret {
        let store = try fixture.open(ring)
        defer { store.close() }
        return try store.pseudonymKey()
    }

    @Test func staysTheSameAndIsNotReadable() throws {
        let first = try key()
        #expect(first.byteCount == 32)
        #expect(try key().isEqual(to: first))
        let bytes = first.expose { Data($0) }
        for (name, content) in try fixture.contents() { #expect(content.range(of: bytes) == nil, "\(name)") }
    }

    @Test func outlivesANewRootKeyInFrontOfTheOld() throws {
        let first = try key()
        let (_, new) = KeyRing.generate()
        let rotated = try KeyRing(fileContents: Secret(utf8: new.revealed + fixture.ringText.revealed))
        #expect(try key(rotated).isEqual(to: first))
    }

    @Test func anotherStoreHasAnother() throws {
        let other = try StoreFixture()
        let store = try other.open()
        defer { store.close() }
        #expect(try !store.pseudonymKey().isEqual(to: key()))
    }

    @Test func aKeyThatDoesNotOpenIsTampering() throws {
        _ = try key()
        try fixture.meddle { try $0.execute(sql: "UPDATE journal SET sealed_key = zeroblob(61)") }
        let error = custodyError { _ = try key() }
        guard case .tampered = error else {
            Issue.record("expected tampering, got \(String(describing: error))")
            return
        }
    }

    @Test func keepsWhatIsNotedOfTheConfiguration() throws {
        let store = try fixture.open()
        _ = try store.pseudonymKey()
        #expect(try store.notedConfiguration().isEmpty)
        try store.noteConfiguration("a 1\n")
        store.close()
        let again = try fixture.open()
        #expect(try again.notedConfiguration() == "a 1\n")
        again.close()
    }
}
