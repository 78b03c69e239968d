// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import StrictJSON

/// Writing members of a JSON object to a reused buffer, without making strings on the way.
extension [UInt8] {
    mutating func append(raw text: StaticString) {
        append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// - Parameter prefix: the separator and the name, as they stand in the text: `,"tenant":`.
    mutating func append(_ prefix: StaticString, text: String?) {
        guard let text else { return }
        append(raw: prefix)
        append(quoted: text)
    }

    mutating func append(_ prefix: StaticString, number: Int64?) {
        guard let number else { return }
        append(raw: prefix)
        if number < 0 { append(UInt8(ascii: "-")) }
        append(decimal: number.magnitude)
    }

    mutating func append(_ prefix: StaticString, number: Int?) {
        append(prefix, number: number.map(Int64.init))
    }

    mutating func append(_ prefix: StaticString, number: UInt64) {
        append(raw: prefix)
        append(decimal: number)
    }

    mutating func append<Item>(
        _ prefix: StaticString, list: some Collection<Item>, element: (Item, inout [UInt8]) -> Void
    ) {
        append(raw: prefix)
        append(UInt8(ascii: "["))
        var isFirst = true
        for value in list {
            if !isFirst { append(UInt8(ascii: ",")) }
            isFirst = false
            element(value, &self)
        }
        append(UInt8(ascii: "]"))
    }

    mutating func append(quoted text: String) {
        let isPlain = text.utf8.withContiguousStorageIfAvailable { bytes in
            guard bytes.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) else {
                return false
            }
            append(UInt8(ascii: "\""))
            append(contentsOf: bytes)
            append(UInt8(ascii: "\""))
            return true
        }
        if isPlain != true { JSONText.append(quoted: text, to: &self) }
    }

    mutating func append(decimal number: UInt64) {
        let longest = 20
        withUnsafeTemporaryAllocation(byteCount: longest, alignment: 1) { text in
            var start = longest
            var rest = number
            repeat {
                start -= 1
                text[start] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            append(contentsOf: UnsafeRawBufferPointer(rebasing: text[start...]))
        }
    }
}
