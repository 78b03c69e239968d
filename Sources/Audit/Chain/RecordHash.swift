// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto

/// The SHA-256 of a record's bytes.
package struct RecordHash: Sendable, Hashable {
    static let byteCount = 32
    static let hexCount = 64

    /// What the first record of a journal has in `prev`.
    package static let zero = RecordHash(bytes: SIMD32(repeating: 0))

    private let bytes: SIMD32<UInt8>

    private init(bytes: SIMD32<UInt8>) {
        self.bytes = bytes
    }

    init(_ digest: SHA256.Digest) {
        bytes = digest.withUnsafeBytes { $0.loadUnaligned(as: SIMD32<UInt8>.self) }
    }

    init(of bytes: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        self.init(hash.finalize())
    }

    /// Exactly 64 lower-case hexadecimal digits.
    init?(hex: some Collection<UInt8>) {
        let hash = Array(hex).withUnsafeBytes { RecordHash(hex: $0) }
        guard let hash else { return nil }
        self = hash
    }

    /// The same of bytes in place: done twice for every record that is read.
    init?(hex: UnsafeRawBufferPointer) {
        guard hex.count == Self.hexCount else { return nil }
        var bytes = SIMD32<UInt8>()
        // Without branches: half of all digits are letters, which nothing can predict.
        let wrong = withUnsafeMutableBytes(of: &bytes) { out in
            var wrong: UInt8 = 0
            for index in 0..<Self.byteCount {
                let high = Hexadecimal.nibble(hex[2 * index])
                let low = Hexadecimal.nibble(hex[2 * index + 1])
                wrong |= high | low
                out[index] = high << 4 | low & 0xF
            }
            return wrong
        }
        guard wrong <= 0xF else { return nil }
        self.bytes = bytes
    }

    /// Exactly 32 bytes.
    init?(_ raw: some Collection<UInt8>) {
        guard raw.count == Self.byteCount else { return nil }
        var bytes = SIMD32<UInt8>()
        for (index, byte) in raw.enumerated() { bytes[index] = byte }
        self.bytes = bytes
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: bytes, body)
    }

    func copy(to out: UnsafeMutableRawBufferPointer, at offset: Int) {
        UnsafeMutableRawBufferPointer(rebasing: out[offset...]).storeBytes(of: bytes, as: SIMD32<UInt8>.self)
    }

    var array: [UInt8] { withBytes { Array($0) } }

    package var hex: String {
        var out: [UInt8] = []
        append(hexTo: &out)
        return String(decoding: out, as: UTF8.self)
    }

    func append(hexTo out: inout [UInt8]) {
        withBytes { Hexadecimal.append($0, to: &out) }
    }
}

/// Lower-case hexadecimal.
enum Hexadecimal {
    private static let digits: StaticString = "0123456789abcdef"

    static func append(_ bytes: UnsafeRawBufferPointer, to out: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: bytes.count * 2, alignment: 1) { text in
            for (index, byte) in bytes.enumerated() {
                text[2 * index] = digits.utf8Start[Int(byte >> 4)]
                text[2 * index + 1] = digits.utf8Start[Int(byte & 0xF)]
            }
            out.append(contentsOf: text)
        }
    }

    static func text(_ bytes: some Collection<UInt8>) -> String {
        var out: [UInt8] = []
        Array(bytes).withUnsafeBytes { append($0, to: &out) }
        return String(decoding: out, as: UTF8.self)
    }

    static func value(of digit: UInt8) -> UInt8? {
        let value = nibble(digit)
        return value <= 0xF ? value : nil
    }

    /// 0xFF for what is no digit.
    static func nibble(_ digit: UInt8) -> UInt8 {
        let (number, letter) = (digit &- UInt8(ascii: "0"), digit &- UInt8(ascii: "a"))
        return number < 10 ? number : letter < 6 ? letter + 10 : 0xFF
    }

    static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var out: [UInt8] = []
        var high: UInt8?
        for digit in text {
            guard let value = value(of: digit) else { return nil }
            if let first = high {
                out.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return out
    }
}
