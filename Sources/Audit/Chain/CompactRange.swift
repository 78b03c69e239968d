// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto

/// The right edge of an RFC 6962 Merkle tree: all that is needed to append leaves and to know the root.
///
/// One node per complete subtree, the largest first, so at most 64 of them.
package struct CompactRange: Sendable, Equatable {
    package private(set) var size: UInt64
    private(set) var nodes: [RecordHash]

    package init() {
        size = 0
        nodes = []
    }

    /// Nil when `nodes` cannot be the edge of a tree of `size` leaves.
    init?(size: UInt64, nodes: [RecordHash]) {
        guard nodes.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.nodes = nodes
    }

    mutating func append(_ record: RecordHash) {
        var node = Self.leaf(record)
        var rest = size
        while rest & 1 == 1, let left = nodes.popLast() {
            node = Self.parent(left, node)
            rest >>= 1
        }
        nodes.append(node)
        size += 1
    }

    /// The Merkle tree hash of RFC 6962 section 2.1.
    package var root: RecordHash {
        guard var root = nodes.last else { return RecordHash(SHA256.hash(data: [UInt8]())) }
        for left in nodes.dropLast().reversed() { root = Self.parent(left, root) }
        return root
    }

    private static func leaf(_ record: RecordHash) -> RecordHash {
        withUnsafeTemporaryAllocation(byteCount: 1 + RecordHash.byteCount, alignment: 1) { bytes in
            bytes[0] = 0x00
            record.copy(to: bytes, at: 1)
            return RecordHash(of: UnsafeRawBufferPointer(bytes))
        }
    }

    private static func parent(_ left: RecordHash, _ right: RecordHash) -> RecordHash {
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * RecordHash.byteCount, alignment: 1) { bytes in
            bytes[0] = 0x01
            left.copy(to: bytes, at: 1)
            right.copy(to: bytes, at: 1 + RecordHash.byteCount)
            return RecordHash(of: UnsafeRawBufferPointer(bytes))
        }
    }
}
