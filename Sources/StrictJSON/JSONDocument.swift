// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A strictly parsed RFC 8259 text that remembers where each value stands.
///
/// Two readers of one text must not disagree about it, so this parser refuses what RFC 8259 leaves open: repeated
/// member names, invalid UTF-8, unpaired surrogate escapes, byte order marks and anything behind the value.
package struct JSONDocument: Sendable {
    package let bytes: [UInt8]
    package let root: JSONValue

    package static func parse(_ bytes: [UInt8], limits: JSONLimits = .init()) throws(JSONError) -> JSONDocument {
        var parser = JSONParser(bytes: bytes, limits: limits)
        return JSONDocument(bytes: bytes, root: try parser.document())
    }

    /// The value exactly as it was written.
    package func rawBytes(of value: JSONValue) -> ArraySlice<UInt8> {
        bytes[value.range]
    }
}
