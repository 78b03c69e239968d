// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The steps of a signature for a person to read. Token, verifier and signature read `<redacted>`.
package struct SignatureExplanation: Sendable, Equatable {
    package struct EncodedParameter: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package let method: String
    package let signatureMethod: SignatureMethod
    package let baseStringURI: String
    /// Encoded, in the order of the base string.
    package let parameters: [EncodedParameter]
    package let baseString: String
    /// The value of the `Authorization` header.
    package let header: String

    init(
        method: [UInt8], signatureMethod: SignatureMethod, uri: BaseStringURI, sorted parameters: EncodedParameters,
        header: [UInt8]
    ) {
        self.method = Self.text(method[...]).uppercased()
        self.signatureMethod = signatureMethod
        baseStringURI = Self.text(uri.bytes[...])
        self.parameters = parameters.pieces.map { piece in
            EncodedParameter(
                name: Self.text(parameters.bytes[piece.name]),
                value: piece.isHidden ? "<redacted>" : Self.text(parameters.bytes[piece.value]))
        }
        let baseString = SignatureBaseString(method: method, uri: uri, sorted: parameters, hidingSecrets: true)
        self.baseString = Self.text(baseString.bytes[...])
        self.header = Self.text(header[...])
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
