// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A size with its unit: `"512B"`, `"16KiB"`, `"1MiB"`, `"2GiB"`.
package struct ByteCount: Sendable, Hashable {
    package let bytes: Int

    package init(bytes: Int) {
        self.bytes = bytes
    }

    package static func kibibytes(_ count: Int) -> ByteCount { ByteCount(bytes: count << 10) }
    package static func mebibytes(_ count: Int) -> ByteCount { ByteCount(bytes: count << 20) }

    /// Nil without a unit, with an unknown one, or beyond 2^53 bytes.
    package init?(_ text: String) {
        guard let quantity = Quantity(text),
            let scale = Self.units.first(where: { $0.name == quantity.unit })?.bytes
        else { return nil }
        let (bytes, overflow) = quantity.count.multipliedReportingOverflow(by: scale)
        guard !overflow, bytes < 1 << 53 else { return nil }
        self.bytes = bytes
    }

    private static let units: [(name: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1),
    ]
}

extension ByteCount: Comparable, CustomStringConvertible {
    package static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// The largest unit that needs no fraction.
    package var description: String {
        let unit = Self.units.first { bytes != 0 && bytes.isMultiple(of: $0.bytes) } ?? ("B", 1)
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}
