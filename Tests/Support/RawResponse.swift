// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// An HTTP/1.1 response as it came over the wire.
package struct RawResponse: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    /// With the transfer coding removed, any content coding left in place.
    package let body: [UInt8]

    package var bodyText: String { String(decoding: body, as: UTF8.self) }

    /// The value of the only header field with that name; nil when there is none or more than one.
    package func header(_ name: String) -> String? {
        let values = self.values(of: name)
        return values.count == 1 ? values[0] : nil
    }

    package func values(of name: String) -> [String] {
        headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
}

/// Why some bytes are not an HTTP/1.1 response.
package struct MalformedResponse: Error, CustomStringConvertible {
    package let description: String
}

extension RawResponse {
    /// Parses one response at the start of `bytes`; nil when it is not complete yet.
    /// - Parameter isComplete: the peer has closed, so a body without framing ends here.
    static func parse(
        _ bytes: [UInt8], toHead: Bool, isComplete: Bool
    ) throws -> (response: RawResponse, length: Int)? {
        guard let headEnd = position(of: "\r\n\r\n", in: bytes, from: 0) else { return nil }
        let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        let status = try self.status(of: String(lines[0]))
        let headers = try lines.dropFirst().map(field)
        let bodyStart = headEnd + 4
        func response(_ body: [UInt8]) -> RawResponse { RawResponse(status: status, headers: headers, body: body) }
        func value(_ name: String) -> String? { response([]).header(name) }

        if toHead || status / 100 == 1 || status == 204 || status == 304 { return (response([]), bodyStart) }
        if let coding = value("transfer-encoding") {
            guard coding.lowercased() == "chunked" else { throw MalformedResponse(description: "coding \(coding)") }
            return try chunks(bytes, from: bodyStart).map { (response($0.body), $0.end) }
        }
        if let text = value("content-length") {
            guard let length = Int(text) else { throw MalformedResponse(description: "Content-Length \(text)") }
            let end = bodyStart + length
            return bytes.count < end ? nil : (response(Array(bytes[bodyStart..<end])), end)
        }
        return isComplete ? (response(Array(bytes[bodyStart...])), bytes.count) : nil
    }

    private static func status(of line: String) throws -> Int {
        let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "HTTP/1.1", parts[1].count == 3, let status = Int(parts[1]) else {
            throw MalformedResponse(description: "status line \(line)")
        }
        return status
    }

    private static func field(_ line: Substring) throws -> (name: String, value: String) {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(" ") else {
            throw MalformedResponse(description: "header line \(line)")
        }
        return (String(parts[0]), String(parts[1].drop { $0 == " " || $0 == "\t" }))
    }

    /// RFC 9112 section 7.1; trailers are dropped.
    private static func chunks(_ bytes: [UInt8], from start: Int) throws -> (body: [UInt8], end: Int)? {
        var body: [UInt8] = []
        var index = start
        while true {
            guard let lineEnd = position(of: "\r\n", in: bytes, from: index) else { return nil }
            let text = String(decoding: bytes[index..<lineEnd], as: UTF8.self)
            guard let size = Int(text.prefix { $0 != ";" }, radix: 16) else {
                throw MalformedResponse(description: "chunk size \(text)")
            }
            index = lineEnd + 2
            if size == 0 { break }
            guard bytes.count >= index + size + 2 else { return nil }
            body += bytes[index..<(index + size)]
            index += size + 2
        }
        while let lineEnd = position(of: "\r\n", in: bytes, from: index) {
            if lineEnd == index { return (body, index + 2) }
            index = lineEnd + 2
        }
        return nil
    }

    private static func position(of text: String, in bytes: [UInt8], from start: Int) -> Int? {
        let pattern = Array(text.utf8)
        guard bytes.count >= start + pattern.count else { return nil }
        return (start...(bytes.count - pattern.count)).first { bytes[$0..<($0 + pattern.count)].elementsEqual(pattern) }
    }
}
