// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import FoundationEssentials

/// One AES-256-GCM key: root key, tenant key and user key alike.
///
/// A sealed value is one format byte, a random 12-byte nonce, the ciphertext and a 16-byte tag. With random nonces a key is
/// good for 2^32 values (NIST SP 800-38D, 8.3); a key per user stays far below.
package struct SealingKey: Sendable, Redacted {
    package static let byteCount = 32
    /// Bounds the memory one value may ask for, in bytes.
    package static let maximumPlaintextByteCount = 1 << 20

    private static let format: UInt8 = 1
    private static let nonceByteCount = 12
    private static let tagByteCount = 16
    private static var overhead: Int { 1 + nonceByteCount + tagByteCount }

    private let key: SymmetricKey

    private init(key: SymmetricKey) {
        self.key = key
    }

    package static func random() -> SealingKey {
        SealingKey(key: SymmetricKey(size: .bits256))
    }

    /// Exactly 32 bytes.
    package init(_ secret: Secret) throws(SealError) {
        guard secret.byteCount == Self.byteCount else { throw .keyLength(found: secret.byteCount) }
        key = secret.expose { SymmetricKey(data: $0) }
    }

    package func seal(_ secret: Secret, for context: SealContext) throws(SealError) -> [UInt8] {
        try secret.expose { (bytes) throws(SealError) in
            try seal(bytes, authenticating: context.associatedData(for: .field))
        }
    }

    package func open(_ sealed: [UInt8], for context: SealContext) throws(SealError) -> Secret {
        try open(sealed, authenticating: context.associatedData(for: .field))
    }

    /// Seals a key of the next level. Opens with `unwrap` only.
    package func wrap(_ key: SealingKey, for context: SealContext) throws(SealError) -> [UInt8] {
        try Secret(key.key).expose { (bytes) throws(SealError) in
            try seal(bytes, authenticating: context.associatedData(for: .key))
        }
    }

    package func unwrap(_ wrapped: [UInt8], for context: SealContext) throws(SealError) -> SealingKey {
        try SealingKey(open(wrapped, authenticating: context.associatedData(for: .key)))
    }

    /// 16 hexadecimal characters, derived one-way from the key: safe to store and to show.
    package var identifier: String {
        var hash = SHA256()
        hash.update(data: Array("wego-gateway sealing key identifier 1".utf8))
        Secret(key).expose { hash.update(bufferPointer: $0) }
        return Hexadecimal.text(Array(hash.finalize()).prefix(8))
    }

    private func seal(
        _ plaintext: UnsafeRawBufferPointer, authenticating context: [UInt8]
    ) throws(SealError) -> [UInt8] {
        guard plaintext.count <= Self.maximumPlaintextByteCount else {
            throw .plaintextTooLong(limit: Self.maximumPlaintextByteCount)
        }
        do {
            let box = try AES.GCM.seal(plaintext, using: key, nonce: AES.GCM.Nonce(), authenticating: context)
            var sealed: [UInt8] = []
            sealed.reserveCapacity(Self.overhead + plaintext.count)
            sealed.append(Self.format)
            sealed.append(contentsOf: box.nonce)
            sealed.append(contentsOf: box.ciphertext)
            sealed.append(contentsOf: box.tag)
            return sealed
        } catch {
            preconditionFailure("AES-256-GCM refused a 32-byte key")
        }
    }

    private func open(_ sealed: [UInt8], authenticating context: [UInt8]) throws(SealError) -> Secret {
        guard let format = sealed.first else { throw .truncated }
        guard format == Self.format else { throw .unknownFormat(format) }
        guard sealed.count >= Self.overhead else { throw .truncated }
        do {
            let box = try AES.GCM.SealedBox(combined: sealed.dropFirst())
            var plaintext = try AES.GCM.open(box, using: key, authenticating: context)
            defer { plaintext.wipe() }
            return Secret(plaintext)
        } catch {
            throw .notAuthentic
        }
    }
}
