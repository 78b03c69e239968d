// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Writes `OAuth realm="..", name="value", ...` (RFC 5849, 3.5.1).
struct AuthorizationHeaderWriter {
    private(set) var bytes: [UInt8]

    init(realm: String?, parameters: EncodedParameters, hidingSecrets: Bool) {
        bytes = []
        // Per parameter `="", `, then the longest signature with every character escaped.
        bytes.reserveCapacity(parameters.bytes.count + parameters.pieces.count * 5 + (realm?.utf8.count ?? 0) * 2 + 192)
        bytes.append(contentsOf: "OAuth ".utf8)
        if let realm { append(realm: realm) }
        for piece in parameters.pieces {
            bytes.append(contentsOf: parameters.bytes[piece.name])
            bytes.append(contentsOf: "=\"".utf8)
            if hidingSecrets, piece.isHidden {
                bytes.append(contentsOf: "<redacted>".utf8)
            } else {
                bytes.append(contentsOf: parameters.bytes[piece.value])
            }
            bytes.append(contentsOf: "\", ".utf8)
        }
    }

    mutating func append(signature: [UInt8]) {
        bytes.append(contentsOf: "oauth_signature=\"".utf8)
        PercentEncoding.append(signature, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func appendHiddenSignature() {
        bytes.append(contentsOf: "oauth_signature=\"<redacted>\"".utf8)
    }

    /// A quoted string of HTTP, not percent-encoded (RFC 2617, 1.2).
    private mutating func append(realm: String) {
        bytes.append(contentsOf: "realm=\"".utf8)
        for byte in realm.utf8 {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(contentsOf: "\", ".utf8)
    }
}
