// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// Parameters, each encoded once, in one buffer. Sorting moves only their places (RFC 5849, 3.4.1.3.2).
struct EncodedParameters {
    struct Piece {
        let name: Range<Int>
        let value: Range<Int>
        /// Shown as `<redacted>` by `explain`.
        let isHidden: Bool
    }

    private(set) var bytes: [UInt8] = []
    private(set) var pieces: [Piece] = []

    init(capacity: Int, count: Int) {
        bytes.reserveCapacity(capacity)
        pieces.reserveCapacity(count)
    }

    init(_ parameters: [Parameter]) {
        let capacity = parameters.reduce(0) { $0 + $1.name.count + ($1.value?.count ?? 0) }
        self.init(capacity: capacity, count: parameters.count)
        for parameter in parameters { append(parameter) }
    }

    mutating func append(_ parameter: Parameter, isHidden: Bool = false) {
        let start = bytes.count
        PercentEncoding.append(parameter.name, to: &bytes)
        let middle = bytes.count
        if let value = parameter.value { PercentEncoding.append(value, to: &bytes) }
        add(from: start, to: middle, isHidden: isHidden)
    }

    /// `name` must need no encoding.
    mutating func append(name: StaticString, value: some Sequence<UInt8>, isHidden: Bool = false) {
        let start = bytes.count
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        let middle = bytes.count
        PercentEncoding.append(value, to: &bytes)
        add(from: start, to: middle, isHidden: isHidden)
    }

    private mutating func add(from start: Int, to middle: Int, isHidden: Bool) {
        pieces.append(Piece(name: start..<middle, value: middle..<bytes.count, isHidden: isHidden))
    }

    /// By the bytes of the encoded name, then of the encoded value.
    mutating func sort() {
        bytes.withUnsafeBufferPointer { bytes in
            pieces.sort { left, right in
                let order = Self.compare(bytes[left.name], bytes[right.name])
                return order == 0 ? Self.compare(bytes[left.value], bytes[right.value]) < 0 : order < 0
            }
        }
    }

    private static func compare(
        _ left: Slice<UnsafeBufferPointer<UInt8>>, _ right: Slice<UnsafeBufferPointer<UInt8>>
    ) -> Int {
        for offset in 0..<min(left.count, right.count) {
            let (a, b) = (left[left.startIndex + offset], right[right.startIndex + offset])
            if a != b { return a < b ? -1 : 1 }
        }
        return left.count - right.count
    }
}
