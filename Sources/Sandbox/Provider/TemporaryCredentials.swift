// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import Secrets

/// A credential on its way from request_token to access_token.
struct TemporaryCredential: Sendable {
    enum State: Sendable {
        case pending
        case allowed(username: String, verifier: Secret)
        case denied
        case used
    }

    let consumerKey: [UInt8]
    let secret: Secret
    let callback: Callback
    /// Goes into the consent form and must come back with it, so that no other page can press its buttons.
    let formValue: Secret
    /// Seconds since 1970.
    let expiry: Int64
    var state = State.pending
}

/// The temporary credentials that wait, by the digest of their token; bounded, and each with an end.
struct TemporaryCredentials: Sendable {
    let capacity: Int
    /// Seconds.
    let lifetime: Int64
    private var entries: [SHA256Digest: TemporaryCredential] = [:]

    init(capacity: Int, lifetime: Int64) {
        precondition(capacity > 0 && lifetime > 0, "temporary credentials need room and time")
        self.capacity = capacity
        self.lifetime = lifetime
    }

    var count: Int { entries.count }

    subscript(token: [UInt8]) -> TemporaryCredential? {
        get { entries[SHA256.hash(data: token)] }
        set { entries[SHA256.hash(data: token)] = newValue }
    }

    /// When all places are taken, the credential that would end first makes room.
    mutating func insert(_ credential: TemporaryCredential, token: [UInt8], now: Int64) {
        prune(now: now)
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.expiry < $1.value.expiry })?.key {
            entries[oldest] = nil
        }
        self[token] = credential
    }

    /// An ended credential is remembered for one more lifetime, so that its late exchange gets the right answer.
    private mutating func prune(now: Int64) {
        guard entries.count >= capacity / 2 else { return }
        entries = entries.filter { $0.value.expiry + lifetime > now }
    }
}
