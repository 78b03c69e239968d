// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// Finds named values in text that is almost JSON (`"name": "value"`), or a form (`name=value`).
struct AnswerText {
    let bytes: UnsafeRawBufferPointer

    /// Every value that stands behind the name. Values with escapes are left out: none is expected in a credential.
    func values(of name: String) -> [Secret] {
        let name = Array(name.utf8)
        guard !name.isEmpty, bytes.count > name.count else { return [] }
        return (0...(bytes.count - name.count)).compactMap { start in
            guard bytes[start..<(start + name.count)].elementsEqual(name) else { return nil }
            let end = start + name.count
            let range = isQuoted(start..<end) ? memberValue(after: end + 1) : fieldValue(after: end, from: start)
            return range.map { Secret(UnsafeRawBufferPointer(rebasing: bytes[$0])) }
        }
    }

    private func isQuoted(_ range: Range<Int>) -> Bool {
        range.lowerBound > 0 && bytes[range.lowerBound - 1] == UInt8(ascii: "\"")
            && range.upperBound < bytes.count && bytes[range.upperBound] == UInt8(ascii: "\"")
    }

    private func memberValue(after index: Int) -> Range<Int>? {
        guard let colon = firstVisible(from: index), bytes[colon] == UInt8(ascii: ":"),
            let quote = firstVisible(from: colon + 1), bytes[quote] == UInt8(ascii: "\""),
            let end = bytes[(quote + 1)...].firstIndex(of: UInt8(ascii: "\"")), end > quote + 1
        else { return nil }
        let range = (quote + 1)..<end
        return bytes[range].contains(UInt8(ascii: "\\")) ? nil : range
    }

    private func fieldValue(after index: Int, from start: Int) -> Range<Int>? {
        guard start == 0 || isSeparator(bytes[start - 1]), index < bytes.count, bytes[index] == UInt8(ascii: "=") else {
            return nil
        }
        let end = bytes[(index + 1)...].firstIndex(where: isSeparator) ?? bytes.count
        let range = (index + 1)..<end
        return range.isEmpty || bytes[range].contains(UInt8(ascii: "%")) ? nil : range
    }

    private func firstVisible(from index: Int) -> Int? {
        guard index <= bytes.count else { return nil }
        return bytes[index...].firstIndex { $0 > 0x20 }
    }

    private func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "&") || byte <= 0x20
    }
}
