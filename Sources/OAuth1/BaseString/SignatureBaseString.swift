// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The text a signature is made over (RFC 5849, 3.4.1).
package struct SignatureBaseString: Sendable {
    package let bytes: [UInt8]

    /// `parameters` are those of the query, of a form body and of the `Authorization` header without `realm` and
    /// `oauth_signature`, in any order.
    package init(method: [UInt8], uri: BaseStringURI, parameters: [Parameter]) {
        var encoded = EncodedParameters(parameters)
        encoded.sort()
        self.init(method: method, uri: uri, sorted: encoded)
    }

    /// Made elsewhere, for instance in a published example.
    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(method: [UInt8], uri: BaseStringURI, sorted parameters: EncodedParameters, hidingSecrets: Bool = false) {
        var out: [UInt8] = []
        // An escape grows from three bytes to five; a third of the text being escapes is more than usual.
        out.reserveCapacity(
            method.count + uri.bytes.count * 2 + parameters.bytes.count * 2 + parameters.pieces.count * 6)
        for byte in method { PercentEncoding.append(CollectionOfOne(Self.uppercased(byte)), to: &out) }
        out.append(UInt8(ascii: "&"))
        PercentEncoding.append(uri.bytes, to: &out)
        out.append(UInt8(ascii: "&"))
        Self.append(parameters, hidingSecrets: hidingSecrets, to: &out)
        bytes = out
    }

    private static func append(_ parameters: EncodedParameters, hidingSecrets: Bool, to out: inout [UInt8]) {
        parameters.bytes.withUnsafeBufferPointer { bytes in
            var isFirst = true
            for piece in parameters.pieces {
                if !isFirst { out.append(contentsOf: "%26".utf8) }
                isFirst = false
                PercentEncoding.append(UnsafeBufferPointer(rebasing: bytes[piece.name]), to: &out)
                out.append(contentsOf: "%3D".utf8)
                if hidingSecrets, piece.isHidden {
                    out.append(contentsOf: "<redacted>".utf8)
                } else {
                    PercentEncoding.append(UnsafeBufferPointer(rebasing: bytes[piece.value]), to: &out)
                }
            }
        }
    }

    private static func uppercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte & 0xDF : byte
    }
}
