// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Reads a header value byte by byte, once, without going back.
struct AuthorizationHeaderParser {
    private let bytes: [UInt8]
    private var position = 0
    private var realm: String?
    private var parameters: [Parameter] = []
    private var names: Set<[UInt8]> = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func header() throws(AuthorizationHeaderError) -> AuthorizationHeader {
        try scheme()
        repeat {
            skipSpace()
            guard names.count < AuthorizationHeader.maximumParameters else {
                throw .tooManyParameters(limit: AuthorizationHeader.maximumParameters)
            }
            try parameter()
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard position == bytes.count else { throw expected("`,` or the end") }
        return AuthorizationHeader(realm: realm, parameters: parameters)
    }

    /// Of any letter case, then at least one space.
    private mutating func scheme() throws(AuthorizationHeaderError) {
        let name = bytes.prefix(5).map { $0 | 0x20 }
        guard name.elementsEqual("oauth".utf8) else { throw .otherScheme }
        position = 5
        guard position < bytes.count else { throw expected("parameters behind `OAuth `") }
        guard isSpace(bytes[position]) else { throw .otherScheme }
    }

    private mutating func parameter() throws(AuthorizationHeaderError) {
        let nameStart = position
        let encodedName = takeEncoded()
        guard !encodedName.isEmpty else { throw expected("the name of a parameter") }
        guard let name = PercentEncoding.decode(encodedName) else { throw .badEscape(position: nameStart) }
        guard take(UInt8(ascii: "=")) else { throw expected("`=` right behind the name") }
        guard take(UInt8(ascii: "\"")) else { throw expected("`\"` before the value") }
        guard names.insert(name).inserted else { throw .repeated(String(decoding: encodedName, as: UTF8.self)) }
        if name.elementsEqual("realm".utf8) {
            realm = try quotedText()
            return
        }
        let valueStart = position
        guard let value = PercentEncoding.decode(takeEncoded()) else { throw .badEscape(position: valueStart) }
        guard take(UInt8(ascii: "\"")) else { throw expected("a percent-encoded character or `\"`") }
        parameters.append(Parameter(name: name, value: value))
    }

    /// The rest of an HTTP quoted string, up to and with the closing quote.
    private mutating func quotedText() throws(AuthorizationHeaderError) -> String {
        var text: [UInt8] = []
        while position < bytes.count {
            if take(UInt8(ascii: "\"")) { return String(decoding: text, as: UTF8.self) }
            if take(UInt8(ascii: "\\")), position == bytes.count { break }
            guard bytes[position] >= 0x20 && bytes[position] != 0x7F || bytes[position] == UInt8(ascii: "\t") else {
                throw expected("a printable character")
            }
            text.append(bytes[position])
            position += 1
        }
        throw expected("`\"` behind the realm")
    }

    private mutating func takeEncoded() -> ArraySlice<UInt8> {
        let start = position
        while position < bytes.count,
            PercentEncoding.isUnreserved(bytes[position]) || bytes[position] == UInt8(ascii: "%")
        {
            position += 1
        }
        return bytes[start..<position]
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < bytes.count, isSpace(bytes[position]) { position += 1 }
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private func expected(_ what: String) -> AuthorizationHeaderError {
        .expected(what, position: position)
    }
}
