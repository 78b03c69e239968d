// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The strict reader of the key ring's text form.
enum KeyRingFile {
    static let maximumKeys = 2
    private static let digitCount = SealingKey.byteCount * 2

    static func keys(in text: UnsafeRawBufferPointer) throws(KeyRingError) -> [SealingKey] {
        var keys: [SealingKey] = []
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let content = trimmed(line)
            guard let first = content.first, first != UInt8(ascii: "#") else { continue }
            guard keys.count < maximumKeys else { throw .tooManyKeys(line: index + 1) }
            let key = try key(in: content, line: index + 1)
            guard !keys.contains(where: { $0.identifier == key.identifier }) else {
                throw .sameKeyTwice(line: index + 1)
            }
            keys.append(key)
        }
        return keys
    }

    private static func key(
        in content: Slice<UnsafeRawBufferPointer>, line: Int
    ) throws(KeyRingError) -> SealingKey {
        let prefix = KeyRing.linePrefix.utf8
        guard content.starts(with: prefix) else { throw .unknownPrefix(line: line) }
        let digits = content.dropFirst(prefix.count)
        guard digits.count == digitCount else { throw .wrongLength(line: line, found: digits.count) }
        guard var bytes = Hexadecimal.decode(digits) else { throw .notHexadecimal(line: line) }
        defer { bytes.wipe() }
        do {
            return try SealingKey(Secret(bytes))
        } catch {
            throw .wrongLength(line: line, found: digits.count)
        }
    }

    private static func trimmed(_ line: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        let isBlank = { (byte: UInt8) in
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
        }
        var line = line.drop(while: isBlank)
        while let last = line.last, isBlank(last) { line = line.dropLast() }
        return line
    }
}
