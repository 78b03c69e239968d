// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The key a backend service shows to the gateway: `wgk_`, 16 hexadecimal digits that name it, `_`, 64 that prove it.
package struct CallerKey: Sendable, Redacted {
    private static let prefix = Array("wgk_".utf8)
    private static let identifierLength = 16
    private static let secretLength = 64
    private static var length: Int { prefix.count + identifierLength + 1 + secretLength }

    /// The 16 digits: safe to store, to log and to show.
    package let identifier: String
    /// The whole key, to be shown to its owner once.
    package let text: Secret
    package let digest: CallerKeyDigest

    package static func generate() -> CallerKey {
        let random = Secret.random(byteCount: (identifierLength + secretLength) / 2)
        let key = random.expose { bytes in
            var digits = Hexadecimal.encode(bytes)
            var text: [UInt8] = []
            defer {
                digits.wipe()
                text.wipe()
            }
            text.reserveCapacity(length)
            text.append(contentsOf: prefix)
            text.append(contentsOf: digits.prefix(identifierLength))
            text.append(UInt8(ascii: "_"))
            text.append(contentsOf: digits.dropFirst(identifierLength))
            return CallerKey(text)
        }
        guard let key else { preconditionFailure("a generated caller key must be readable") }
        return key
    }

    /// Nil unless `text` is exactly a key: no white space, no upper-case digits.
    package init?(_ text: some Sequence<UInt8>) {
        let limit = Self.length + 1
        var bytes = text.withContiguousStorageIfAvailable { Array($0.prefix(limit)) } ?? Array(text.prefix(limit))
        defer { bytes.wipe() }
        guard let identifier = Self.identifier(in: bytes) else { return nil }
        self.identifier = identifier
        self.text = Secret(bytes)
        digest = CallerKeyDigest(of: self.text)
    }

    private static func identifier(in bytes: [UInt8]) -> String? {
        let start = prefix.count
        let separator = start + identifierLength
        guard bytes.count == length, bytes.starts(with: prefix), bytes[separator] == UInt8(ascii: "_"),
            bytes[start..<separator].allSatisfy(Hexadecimal.isDigit),
            bytes[(separator + 1)...].allSatisfy(Hexadecimal.isDigit)
        else { return nil }
        return String(decoding: bytes[start..<separator], as: UTF8.self)
    }
}
