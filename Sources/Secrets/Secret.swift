// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import FoundationEssentials

/// Bytes that must not be seen. They are wiped from memory when the last copy is gone.
///
/// Deliberately not `Codable`, `Hashable`, `Equatable` or expressible by a literal: each of those would be a second door.
package struct Secret: Sendable, Redacted {
    private let storage: SymmetricKey

    package init(_ bytes: some ContiguousBytes) {
        storage = SymmetricKey(data: bytes)
    }

    package init(utf8 text: String) {
        var text = text
        storage = text.withUTF8 { SymmetricKey(data: UnsafeRawBufferPointer($0)) }
    }

    private init(storage: SymmetricKey) {
        self.storage = storage
    }

    /// From the system's random generator. `byteCount` must be positive.
    package static func random(byteCount: Int) -> Secret {
        Secret(storage: SymmetricKey(size: SymmetricKeySize(bitCount: byteCount * 8)))
    }

    package var byteCount: Int { storage.bitCount / 8 }

    /// The only door. The pointer must not outlive `body`, and what `body` copies it must wipe.
    package func expose<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let result = storage.withUnsafeBytes { buffer in
            Result { () throws(E) -> R in try body(buffer) }
        }
        return try result.get()
    }

    /// Takes a time that depends on the lengths only.
    package func isEqual(to other: Secret) -> Bool {
        storage == other.storage
    }
}
