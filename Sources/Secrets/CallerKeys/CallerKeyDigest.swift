// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import FoundationEssentials

/// What is stored of a caller key: SHA-256 over a label and the whole key. A key has 256 random bits, so a fast hash is
/// enough: there is nothing to guess.
package struct CallerKeyDigest: Sendable {
    package static let byteCount = 32

    package let bytes: [UInt8]

    /// As read from the store. A digest of another length matches no key.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(of text: Secret) {
        var hash = SHA256()
        hash.update(data: Self.label)
        text.expose { hash.update(bufferPointer: $0) }
        bytes = Array(hash.finalize())
    }

    private static let label = Array("wego-gateway caller key 1".utf8)

    /// Takes the same time whether the keys differ early or late.
    package func matches(_ key: CallerKey) -> Bool {
        ConstantTime.areEqual(bytes, key.digest.bytes)
    }
}
