// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

extension StoreTransaction {
    private static let keyBytes = 32

    /// Nil when there is none yet.
    func pseudonymKey() throws -> Secret? {
        guard let row = try row("SELECT root_key, sealed_key FROM journal", []) else { return nil }
        let identifier: String = row["root_key"]
        guard let root = ring.key(identifier: identifier) else {
            throw CustodyError.wrongRootKey(expected: identifier, got: ring.identifiers)
        }
        guard let key = try? root.open(row.bytes("sealed_key"), for: Self.context), key.byteCount == Self.keyBytes
        else {
            throw CustodyError.tampered(what: "the key of the audit journal's pseudonyms does not open")
        }
        return key
    }

    func makePseudonymKey() throws -> Secret {
        if let known = try pseudonymKey() { return known }
        try noteCurrentRootKey()
        let key = Secret.random(byteCount: Self.keyBytes)
        let sealed = try sealing { () throws(SealError) in try ring.current.seal(key, for: Self.context) }
        try execute(
            "INSERT INTO journal (id, root_key, sealed_key) VALUES (1, ?, ?)", [ring.current.identifier, Data(sealed)])
        return key
    }

    private static let context = SealedSubject.store.context(.pseudonymKey, version: 1)

    func notedConfiguration() throws -> String {
        try row("SELECT configuration FROM journal", [])?["configuration"] ?? ""
    }

    func noteConfiguration(_ text: String) throws {
        try execute("UPDATE journal SET configuration = ?", [text])
    }
}
