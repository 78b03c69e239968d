// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto
import Testing

@testable import Audit

struct CompactRangeTests {
    private func leaves(_ count: Int) -> [RecordHash] {
        (0..<count).map { RecordHash(SHA256.hash(data: [UInt8($0)])) }
    }

    /// RFC 6962 section 2.1, as it is defined there.
    private func root(_ leaves: ArraySlice<RecordHash>) -> RecordHash {
        if leaves.isEmpty { return RecordHash(SHA256.hash(data: [UInt8]())) }
        if leaves.count == 1 { return RecordHash(SHA256.hash(data: [0x00] + (leaves.first?.array ?? []))) }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let middle = leaves.startIndex + split
        return RecordHash(SHA256.hash(data: [0x01] + root(leaves[..<middle]).array + root(leaves[middle...]).array))
    }

    @Test func hasTheRootOfTheWholeTree() {
        var range = CompactRange()
        let all = leaves(70)
        #expect(range.root == root([]))
        for (index, leaf) in all.enumerated() {
            range.append(leaf)
            #expect(range.root == root(all[...index]))
            #expect(CompactRange(size: range.size, nodes: range.nodes) == range)
        }
    }

    @Test func refusesAnEdgeThatDoesNotFitItsSize() {
        #expect(CompactRange(size: 3, nodes: leaves(1)) == nil)
        #expect(CompactRange(size: 0, nodes: leaves(1)) == nil)
    }
}
