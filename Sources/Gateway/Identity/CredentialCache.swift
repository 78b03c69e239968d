// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Custody
import OAuth1
import Synchronization

/// What a home user's calls need, made ready once a user instead of once a call.
struct UserMaterial: Sendable {
    let credential: SigningCredential

    /// How the user stands in the journal.
    let pseudonym: UserPseudonym?
}

/// Signing credentials and pseudonyms of home users.
///
/// Entries hold the access object they were made from, so its identity cannot come to mean another user; and all are
/// dropped when anything in custody changes, so a revoked credential does not stay in memory.
final class CredentialCache: Sendable {
    private struct Entry {
        let access: HomeUserAccess
        let material: UserMaterial
    }

    private struct Contents {
        var generation: UInt64 = 0
        var entries: [ObjectIdentifier: Entry] = [:]
    }

    private let maximumEntries: Int
    private let pseudonyms: Pseudonyms?
    private let contents = Mutex(Contents())

    init(pseudonyms: Pseudonyms? = nil, maximumEntries: Int = 16_384) {
        self.pseudonyms = pseudonyms
        self.maximumEntries = maximumEntries
    }

    /// Nil when the user has no credential that may be used.
    func material(of access: HomeUserAccess, generation: UInt64) -> UserMaterial? {
        contents.withLock { contents in
            if contents.generation < generation || contents.entries.count >= maximumEntries {
                contents.entries.removeAll(keepingCapacity: true)
                contents.generation = generation
            }
            if let entry = contents.entries[ObjectIdentifier(access)] { return entry.material }
            guard let credential = access.credential.map(SigningCredential.init) else { return nil }
            let material = UserMaterial(credential: credential, pseudonym: pseudonym(of: access))
            // What is older than the entries may be revoked already.
            if contents.generation == generation {
                contents.entries[ObjectIdentifier(access)] = Entry(access: access, material: material)
            }
            return material
        }
    }

    /// Nil without a key of the user: then nothing can be tied to it any more.
    func pseudonym(of access: HomeUserAccess) -> UserPseudonym? {
        pseudonyms?.user(access)
    }

    /// Users whose credentials are ready; for tests.
    var count: Int { contents.withLock { $0.entries.count } }
}

extension SigningCredential {
    init(_ stored: HomeUserCredential) {
        self.init(
            consumerKey: Array(stored.consumerKey.utf8), token: stored.token,
            key: SigningKey(consumerSecret: stored.consumerSecret, tokenSecret: stored.tokenSecret))
    }
}
