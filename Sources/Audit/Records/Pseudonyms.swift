// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto

/// Makes the names under which home users stand in the journal, and the fingerprints of values, from a key that is
/// kept outside the journal.
///
/// Costs an HMAC-SHA256 each: keep a user's pseudonym beside its credential instead of making it for every call.
package struct Pseudonyms: Sendable {
    /// Of the key, in bytes.
    package static let keyBytes = 32

    private let key: SymmetricKey

    /// - Parameter key: at least `keyBytes` random bytes. Nil when there are fewer.
    package init?(key: some Collection<UInt8>) {
        guard key.count >= Self.keyBytes else { return nil }
        var bytes = Array(key)
        defer { for index in bytes.indices { bytes[index] = 0 } }
        self.key = SymmetricKey(data: bytes)
    }

    /// - Parameter salt: random bytes kept with the user and destroyed with it. From then on nobody can tell which
    ///   pseudonym was whose, not even with the key and a list of all names. Without a salt only the destruction of
    ///   the key does that, for all users at once.
    package func user(tenant: String, name: String, salt: some Collection<UInt8>) -> UserPseudonym {
        UserPseudonym(digest: digest("user", [Array(tenant.utf8), Array(name.utf8), Array(salt)]))
    }

    /// Equal values have equal fingerprints; nothing else can be told from one, even of a value that could be guessed.
    ///
    /// - Parameter kind: keeps equal values of different sorts apart: "limits", "caller-key".
    package func fingerprint(_ kind: String, of value: some Collection<UInt8>) -> Fingerprint {
        Fingerprint(digest: digest("fingerprint", [Array(kind.utf8), Array(value)]))
    }

    /// Tells whether two calls for one home user asked for the same, without saying what.
    ///
    /// - Parameter salt: as for `user`: with its destruction a guess at the body cannot be tried any more.
    /// - Parameter body: only read. Once a call: hence no generics here, and one update for what is short.
    package func request(
        salt: String, method: String, target: [UInt8], body: UnsafeRawBufferPointer
    ) -> Fingerprint {
        var start: [UInt8] = []
        start.reserveCapacity(128 + target.count)
        Self.append("request".utf8, to: &start)
        Self.append(salt.utf8, to: &start)
        Self.append(method.utf8, to: &start)
        Self.append(target, to: &start)
        Self.append(count: body.count, to: &start)
        var hmac = HMAC<SHA256>(key: key)
        start.withUnsafeBytes { hmac.update(data: $0) }
        if !body.isEmpty { hmac.update(data: body) }
        return Fingerprint(digest: Array(hmac.finalize()))
    }

    /// Each part with its length before it, so that no two lists of parts give the same bytes.
    private func digest(_ purpose: String, _ parts: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        Self.append(purpose.utf8, to: &bytes)
        for part in parts { Self.append(part, to: &bytes) }
        return Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
    }

    private static func append(_ part: some Collection<UInt8>, to bytes: inout [UInt8]) {
        append(count: part.count, to: &bytes)
        bytes.append(contentsOf: part)
    }

    private static func append(count: Int, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: UInt64(count).bigEndian) { bytes.append(contentsOf: $0) }
    }
}

/// A home user in the journal: `usr_` and 32 hexadecimal digits.
package struct UserPseudonym: Sendable, Hashable {
    package let text: String

    init(digest: [UInt8]) {
        text = "usr_" + Hexadecimal.text(digest.prefix(16))
    }

    /// Nil when the text is no pseudonym, such as a name.
    package init?(_ text: String) {
        let digits = text.utf8.dropFirst(4)
        guard text.hasPrefix("usr_"), digits.count == 32, Hexadecimal.bytes(digits) != nil else { return nil }
        self.text = text
    }
}

/// What can be said of a value without saying it: `fp_` and 32 hexadecimal digits.
package struct Fingerprint: Sendable, Hashable {
    package let text: String

    /// Nil when the text is none.
    package init?(_ text: String) {
        let digits = text.utf8.dropFirst(3)
        guard text.hasPrefix("fp_"), digits.count == 32, Hexadecimal.bytes(digits) != nil else { return nil }
        self.text = text
    }

    init(digest: [UInt8]) {
        text = "fp_" + Hexadecimal.text(digest.prefix(16))
    }
}
