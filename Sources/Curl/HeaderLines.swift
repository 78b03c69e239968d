// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import CCurl

/// The header fields of a request in the form libcurl wants them: lines ended by NUL, one behind the other.
///
/// libcurl sends lines as they are, line breaks included, so `append` is where a smuggled field must stop.
package struct HeaderLines: Sendable {
    /// Fields of one request.
    package static let maximumCount = Int(CCURL_MAXIMUM_HEADERS)

    /// What frames a message or belongs to one connection is libcurl's to write (RFC 9112 section 6, RFC 9110 section
    /// 7.6).
    private static let reserved: [StaticString] = [
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Expect", "TE", "Trailer", "Upgrade",
    ]

    package private(set) var bytes: [UInt8] = []
    package private(set) var count = 0

    package init() {
        bytes.reserveCapacity(768)
    }

    /// Nothing is appended, and false returned, when `value` holds a byte no field value may hold (RFC 9110 section
    /// 5.5), when the name is one that libcurl writes itself, and beyond `maximumCount`.
    @discardableResult
    package mutating func append(_ name: StaticString, _ value: some Sequence<UInt8>) -> Bool {
        append(name.utf8Bytes, value)
    }

    /// As above for a name that came from outside; one that is no token (RFC 9110 section 5.6.2) is refused.
    @discardableResult
    package mutating func append(_ name: some Collection<UInt8>, _ value: some Sequence<UInt8>) -> Bool {
        guard count < Self.maximumCount, !name.isEmpty, name.allSatisfy(\.isToken) else { return false }
        guard !Self.reserved.contains(where: { name.isEqualIgnoringCase(to: $0.utf8Bytes) }) else { return false }
        let start = bytes.count
        bytes.append(contentsOf: name)
        let colon = bytes.count
        bytes.append(contentsOf: [UInt8(ascii: ":"), UInt8(ascii: " ")])
        bytes.append(contentsOf: value)
        let written = bytes[(colon + 2)...]
        guard written.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            bytes.removeSubrange(start...)
            return false
        }
        if written.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
            // libcurl's way to write a field without a value; behind a colon it would mean "leave the field out".
            bytes.removeSubrange(colon...)
            bytes.append(UInt8(ascii: ";"))
        }
        bytes.append(0)
        count += 1
        return true
    }

    /// Stops libcurl from adding a field of its own (`Accept`, `User-Agent`). It never adds `Expect` or `Content-Type`.
    package mutating func suppress(_ name: StaticString) {
        guard count < Self.maximumCount else { return }
        bytes.append(contentsOf: name.utf8Bytes)
        bytes.append(contentsOf: [UInt8(ascii: ":"), 0])
        count += 1
    }
}

extension StaticString {
    /// The name's bytes, constant for the life of the process.
    fileprivate var utf8Bytes: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
