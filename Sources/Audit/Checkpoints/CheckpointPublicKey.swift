// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import Foundation

/// Verifies checkpoints. Its text is a C2SP signed-note verifier key: `<name>+<key id>+<base64>`.
package struct CheckpointPublicKey: Sendable, Equatable {
    private static let ed25519: UInt8 = 0x01

    /// Also the origin of the checkpoints.
    package let name: String
    let identifier: [UInt8]
    private let raw: [UInt8]

    init(raw: [UInt8]) {
        var name = Array("wego-gateway-audit-".utf8)
        SHA256.hash(data: raw).prefix(8).withContiguousBytes { Hexadecimal.append($0, to: &name) }
        self.init(name: String(decoding: name, as: UTF8.self), raw: raw)
    }

    private init(name: String, raw: [UInt8]) {
        self.name = name
        self.raw = raw
        identifier = Array(SHA256.hash(data: Array(name.utf8) + [0x0A, Self.ed25519] + raw).prefix(4))
    }

    /// Nil when the text is not a verifier key of an Ed25519 key, or its key id does not fit.
    package init?(_ text: String) {
        let line = text.hasSuffix("\n") ? text.dropLast() : text[...]
        let parts = line.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, !parts[0].contains(where: \.isWhitespace),
            let bytes = Data(base64Encoded: String(parts[2])), bytes.count == 33, bytes.first == Self.ed25519
        else { return nil }
        self.init(name: String(parts[0]), raw: [UInt8](bytes.dropFirst()))
        guard text.trimmingCharacters(in: .newlines) == self.text else { return nil }
    }

    package var text: String {
        var hex: [UInt8] = []
        identifier.withUnsafeBytes { Hexadecimal.append($0, to: &hex) }
        let body = Data([Self.ed25519] + raw).base64EncodedString()
        return "\(name)+\(String(decoding: hex, as: UTF8.self))+\(body)"
    }

    func verify(_ signature: [UInt8], of text: String) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw) else { return false }
        return key.isValidSignature(signature, for: Array(text.utf8))
    }
}

extension Sequence<UInt8> {
    fileprivate func withContiguousBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        Array(self).withUnsafeBytes(body)
    }
}
