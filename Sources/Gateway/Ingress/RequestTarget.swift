// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1

/// A request target taken apart: decoded path segments and decoded query parameters.
///
/// Nothing of the original text is kept. What goes upstream is written anew from these parts, so that no spelling a
/// client chose (letter case of escapes, `+`, doubled slashes) can make the signed text differ from the sent one.
struct RequestTarget: Sendable, Equatable {
    static let maximumLength = 8192
    static let maximumParameters = 256

    let segments: [String]
    let query: [Parameter]

    /// Only origin-form (RFC 9112 section 3.2.1) without anything that two readers might understand differently.
    init(_ text: some StringProtocol) throws(GatewayError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumLength else {
            throw .badTarget(reason: "more than \(Self.maximumLength) bytes")
        }
        guard bytes.first == UInt8(ascii: "/") else {
            throw .badTarget(reason: "another form than a path beginning with '/'")
        }
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "#") }) else {
            throw .badTarget(reason: "a byte that must be percent-encoded")
        }
        let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        segments = try Self.segments(bytes[1..<mark])
        query = try Self.query(bytes[mark...].dropFirst())
    }

    init(segments: [String], query: [Parameter]) {
        self.segments = segments
        self.query = query
    }

    private static func segments(_ path: ArraySlice<UInt8>) throws(GatewayError) -> [String] {
        var segments: [String] = []
        segments.reserveCapacity(8)
        for part in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            segments.append(try segment(part))
        }
        return segments
    }

    private static func segment(_ part: ArraySlice<UInt8>) throws(GatewayError) -> String {
        guard !part.isEmpty else { throw .badTarget(reason: "an empty path segment") }
        guard !part.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: ";") }) else {
            throw .badTarget(reason: "a backslash or semicolon in the path")
        }
        guard let decoded = PercentEncoding.decode(part) else { throw .badTarget(reason: "a broken percent-escape") }
        guard !decoded.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }) else {
            throw .badTarget(reason: "an encoded slash in the path")
        }
        guard decoded.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            let text = String(validating: decoded, as: UTF8.self)
        else { throw .badTarget(reason: "an encoded control character or invalid UTF-8 in the path") }
        guard text != "." && text != ".." else { throw .badTarget(reason: "a dot segment") }
        return text
    }

    private static func query(_ text: ArraySlice<UInt8>) throws(GatewayError) -> [Parameter] {
        guard !text.isEmpty else { return [] }
        guard let parameters = FormEncoding.parse(text) else {
            throw .badTarget(reason: "a broken percent-escape in the query")
        }
        guard parameters.count <= maximumParameters else {
            throw .badTarget(reason: "more than \(maximumParameters) query parameters")
        }
        return parameters
    }
}
