// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Percent encoding as RFC 5849, 3.6 wants it: everything but RFC 3986's unreserved characters, upper-case digits.
package enum PercentEncoding {
    private static let digits: StaticString = "0123456789ABCDEF"
    private static let percent = UInt8(ascii: "%")

    package static func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        append(bytes, to: &out)
        return out
    }

    package static func append(_ bytes: some Sequence<UInt8>, to out: inout [UInt8]) {
        let isDone: Void? = bytes.withContiguousStorageIfAvailable { append(contiguous: $0, to: &out) }
        if isDone != nil { return }
        for byte in bytes { append(byte, to: &out) }
    }

    /// Strict: nil if a `%` is not followed by two hexadecimal digits of either case. A `+` stays a `+`.
    package static func decode(_ bytes: some Collection<UInt8>) -> [UInt8]? {
        let decoded = bytes.withContiguousStorageIfAvailable { decode(contiguous: $0, plus: UInt8(ascii: "+")) }
        return decoded ?? Array(bytes).withUnsafeBufferPointer { decode(contiguous: $0, plus: UInt8(ascii: "+")) }
    }

    /// `plus` is what an unescaped `+` stands for: itself, or a space in a form.
    static func decode(contiguous bytes: UnsafeBufferPointer<UInt8>, plus: UInt8) -> [UInt8]? {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case percent:
                guard index + 2 < bytes.count, let high = value(ofDigit: bytes[index + 1]),
                    let low = value(ofDigit: bytes[index + 2])
                else { return nil }
                out.append(high << 4 | low)
                index += 3
            case UInt8(ascii: "+"):
                out.append(plus)
                index += 1
            case let byte:
                out.append(byte)
                index += 1
            }
        }
        return out
    }

    /// Letters, digits, `-`, `.`, `_` and `~` (RFC 3986, 2.3).
    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Most names and values need no escape at all: whole runs are copied at once.
    private static func append(contiguous bytes: UnsafeBufferPointer<UInt8>, to out: inout [UInt8]) {
        var start = 0
        for index in bytes.indices where !isUnreserved(bytes[index]) {
            if start < index { out.append(contentsOf: bytes[start..<index]) }
            append(bytes[index], to: &out)
            start = index + 1
        }
        if start < bytes.count { out.append(contentsOf: bytes[start...]) }
    }

    private static func append(_ byte: UInt8, to out: inout [UInt8]) {
        if isUnreserved(byte) {
            out.append(byte)
        } else {
            out.append(percent)
            out.append(digits.utf8Start[Int(byte >> 4)])
            out.append(digits.utf8Start[Int(byte & 15)])
        }
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
