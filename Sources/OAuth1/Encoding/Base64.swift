// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// RFC 4648, 4, written straight into the bytes of a header.
enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    static func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.underestimatedCount + 2) / 3 * 4)
        var rest = bytes.makeIterator()
        while let first = rest.next() {
            let second = rest.next()
            let third = second == nil ? nil : rest.next()
            let group = UInt32(first) << 16 | UInt32(second ?? 0) << 8 | UInt32(third ?? 0)
            out.append(character(group >> 18))
            out.append(character(group >> 12))
            out.append(second == nil ? UInt8(ascii: "=") : character(group >> 6))
            out.append(third == nil ? UInt8(ascii: "=") : character(group))
        }
        return out
    }

    private static func character(_ bits: UInt32) -> UInt8 {
        alphabet.utf8Start[Int(bits & 63)]
    }
}
