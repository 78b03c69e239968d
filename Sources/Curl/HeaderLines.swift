// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The header fields of a request in the form libcurl wants them: lines ended by NUL, one behind the other.
///
/// libcurl sends lines as they are, line breaks included, so `append` is where a smuggled field must stop.
package struct HeaderLines: Sendable {
    package private(set) var bytes: [UInt8] = []
    package private(set) var count = 0

    package init() {
        bytes.reserveCapacity(768)
    }

    /// Nothing is appended, and false returned, when `value` holds a byte no field value may hold (RFC 9110 section 5.5).
    @discardableResult
    package mutating func append(_ name: StaticString, _ value: some Sequence<UInt8>) -> Bool {
        append(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), value)
    }

    /// As above for a name that was parsed; it must be a token (RFC 9110 section 5.6.2).
    @discardableResult
    package mutating func append(_ name: some Sequence<UInt8>, _ value: some Sequence<UInt8>) -> Bool {
        let start = bytes.count
        bytes.append(contentsOf: name)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        let valueStart = bytes.count
        bytes.append(contentsOf: value)
        let isAllowed = bytes[valueStart...].allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        guard isAllowed else {
            bytes.removeSubrange(start...)
            return false
        }
        bytes.append(0)
        count += 1
        return true
    }

    /// Stops libcurl from adding a field of its own (`Expect`, `Content-Type`).
    package mutating func suppress(_ name: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: ":"))
        bytes.append(0)
        count += 1
    }
}
