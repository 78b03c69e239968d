// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import OAuth1
import Synchronization

/// Signing credentials made ready once a home user instead of once a call.
///
/// Entries hold the access object they were made from, so its identity cannot come to mean another user; and all are
/// dropped when anything in custody changes, so a revoked credential does not stay in memory.
final class CredentialCache: Sendable {
    private struct Entry {
        let access: HomeUserAccess
        let credential: SigningCredential
    }

    private struct Contents {
        var generation: UInt64 = 0
        var entries: [ObjectIdentifier: Entry] = [:]
    }

    private let maximumEntries: Int
    private let contents = Mutex(Contents())

    init(maximumEntries: Int = 16_384) {
        self.maximumEntries = maximumEntries
    }

    /// Nil when the user has no credential that may be used.
    func credential(of access: HomeUserAccess, generation: UInt64) -> SigningCredential? {
        contents.withLock { contents in
            if contents.generation < generation || contents.entries.count >= maximumEntries {
                contents.entries.removeAll(keepingCapacity: true)
                contents.generation = generation
            }
            if let entry = contents.entries[ObjectIdentifier(access)] { return entry.credential }
            guard let credential = access.credential.map(SigningCredential.init) else { return nil }
            // What is older than the entries may be revoked already.
            if contents.generation == generation {
                contents.entries[ObjectIdentifier(access)] = Entry(access: access, credential: credential)
            }
            return credential
        }
    }

    /// Users whose credentials are ready; for tests.
    var count: Int { contents.withLock { $0.entries.count } }
}

extension SigningCredential {
    fileprivate init(_ stored: HomeUserCredential) {
        self.init(
            consumerKey: Array(stored.consumerKey.utf8), token: stored.token,
            key: SigningKey(consumerSecret: stored.consumerSecret, tokenSecret: stored.tokenSecret))
    }
}
