// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Foundation
import GRDB
import Secrets
import Testing

/// What may not be found in the files of the store.
struct SecrecyTests {
    let fixture: StoreFixture

    init() throws {
        fixture = try StoreFixture()
    }

    /// The spellings in which a secret could slip into a file.
    private func spellings(of secret: Data) -> [Data] {
        let hex = secret.map { String(format: "%02x", $0) }.joined()
        // Base64 depends on the position within three bytes; the ends also on the neighbours.
        let base64 = (0..<3).map { skipped in
            let encoded = Data(repeating: 0, count: skipped) + secret
            return Data(encoded.base64EncodedData().dropFirst(4).dropLast(4))
        }
        return [secret, Data(hex.utf8), Data(hex.uppercased().utf8), Data(secret.reversed())] + base64
    }

    private func expectAbsent(_ secrets: [String: Data], in files: [String: Data]) {
        for (what, secret) in secrets {
            for spelling in spellings(of: secret) {
                for (name, content) in files where content.range(of: spelling) != nil {
                    Issue.record("\(what) stands in \(name)")
                }
            }
        }
    }

    @Test func noSecretReachesAFile() throws {
        let store = try fixture.open()
        try store.addTenant("acme")
        let words = ["consumer secret", "rotated secret", "token", "token secret"].reduce(into: [:]) { words, what in
            words[what] = "canary-\(what.replacing(" ", with: "-"))-\(UInt64.random(in: .min ... .max))"
        }
        func secret(_ what: String) throws -> Secret { Secret(utf8: try #require(words[what])) }
        try store.addConsumer("main", in: "acme", key: "shown-key", secret: try secret("consumer secret"))
        try store.importHomeUser(
            "alice", in: "acme", consumer: "main", token: try secret("token"), tokenSecret: try secret("token secret"),
            isDeveloper: false)
        try store.rotateConsumer("main", in: "acme", key: "shown-key", secret: try secret("rotated secret"))
        let callerKey = try store.addCaller("app", in: "acme", users: .all, scopes: .read)
        var secrets = words.mapValues { Data($0.utf8) }
        secrets["caller key"] = callerKey.text.expose { Data($0.suffix(64)) }
        secrets["root key"] = fixture.ringText.expose { Data($0.suffix(65).prefix(64)) }

        let open = try fixture.contents()
        #expect(open["custody.sqlite-wal"]?.range(of: Data("shown-key".utf8)) != nil)
        expectAbsent(secrets, in: open)
        store.close()
        let closed = try fixture.contents()
        #expect(closed["custody.sqlite"]?.range(of: Data("shown-key".utf8)) != nil)
        expectAbsent(secrets, in: closed)
    }

    @Test func errorsAndDescriptionsHideSecrets() throws {
        let store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        let error = custodyError { try store.importUser("alice", in: "acme", token: "canary with blanks") }
        #expect(error?.explanation.contains("canary") == false)
        try store.importUser("alice", in: "acme", token: "canary")
        var dumped = ""
        dump(store.snapshot, to: &dumped)
        dump(store.credential(of: "alice", in: "acme"), to: &dumped)
        #expect(!dumped.contains("canary"))
    }

    private static let erasures: [@Sendable (SQLiteStore) throws -> Void] = [
        { try $0.removeHomeUser("alice", in: "acme") },
        { try $0.setState(.destroyed, reason: nil, of: "alice", in: "acme") },
    ]

    @Test(arguments: erasures.indices)
    func anErasedKeyIsInNoFile(_ index: Int) throws {
        var store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importUser("alice", in: "acme")
        try store.importUser("bob", in: "acme")
        store.close()
        let keys = try fixture.meddle { try Data.fetchAll($0, sql: "SELECT wrapped_key FROM home_user ORDER BY name") }
        store = try fixture.open()
        // Brings the page with the key into the log.
        try store.setState(.suspect, reason: nil, of: "alice", in: "acme")
        #expect(try fixture.contents()["custody.sqlite-wal"]?.range(of: keys[0]) != nil)
        try Self.erasures[index](store)
        for (name, content) in try fixture.contents() { #expect(content.range(of: keys[0]) == nil, "\(name)") }
        store.close()
        let database = try #require(try fixture.contents()["custody.sqlite"])
        #expect(database.range(of: keys[0]) == nil)
        #expect(database.range(of: keys[1]) != nil)
    }

    @Test func revokingErasesTheCredentialAndKeepsTheKey() throws {
        let store = try fixture.open()
        try store.addTenantWithConsumer("acme")
        try store.importUser("alice", in: "acme")
        try store.setState(.revoked, reason: nil, of: "alice", in: "acme")
        store.close()
        let row = try fixture.meddle { try Row.fetchOne($0, sql: "SELECT * FROM home_user") }
        #expect(row?["sealed_token"] as Data? == nil)
        #expect(row?["sealed_token_secret"] as Data? == nil)
        #expect(row?["wrapped_key"] as Data? != nil)
    }
}
