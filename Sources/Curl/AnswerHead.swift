// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The header fields of an answer, as the bytes that arrived.
package struct AnswerHead: Sendable {
    /// Lines with their line ends, without the status line.
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Calls `body` for each well-formed field, in order, with surrounding white space taken off the value. Lines that
    /// are none (continuations, bad names, control bytes) are left out: they must not reach a client.
    package func forEachField(_ body: (_ name: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void) {
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.endIndex
            if let (name, value) = Self.field(bytes[start..<end]) { body(name, value) }
            start = end < bytes.endIndex ? end + 1 : end
        }
    }

    /// The value of the first field of that name, in any letter case.
    package func first(_ name: StaticString) -> ArraySlice<UInt8>? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        var found: ArraySlice<UInt8>?
        forEachField { candidate, value in
            if found == nil, candidate.isEqualIgnoringCase(to: wanted) { found = value }
        }
        return found
    }

    private static func field(_ line: ArraySlice<UInt8>) -> (ArraySlice<UInt8>, ArraySlice<UInt8>)? {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else { return nil }
        let name = line[..<colon]
        guard name.allSatisfy(\.isToken) else { return nil }
        var value = line[(colon + 1)...]
        while let byte = value.first, byte == 0x20 || byte == 0x09 { value.removeFirst() }
        while let byte = value.last, byte == 0x20 || byte == 0x09 || byte == 0x0D { value.removeLast() }
        guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { return nil }
        return (name, value)
    }
}

extension Collection<UInt8> {
    /// ASCII letter case only. Compares in place where both lie in one piece, as they nearly always do.
    package func isEqualIgnoringCase(to other: some Collection<UInt8>) -> Bool {
        let compared = withContiguousStorageIfAvailable { left in
            other.withContiguousStorageIfAvailable { right in areEqualIgnoringCase(left, right) }
        }
        if let result = compared ?? nil { return result }
        return Array(self).withUnsafeBufferPointer { left in
            Array(other).withUnsafeBufferPointer { areEqualIgnoringCase(left, $0) }
        }
    }
}

private func areEqualIgnoringCase(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    for index in 0..<left.count {
        let (a, b) = (left[index], right[index])
        guard a == b || (a ^ b == 0x20 && a.isLetter) else { return false }
    }
    return true
}

extension UInt8 {
    fileprivate var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }

    /// RFC 9110 section 5.6.2.
    package var isToken: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
        default: false
        }
    }
}
