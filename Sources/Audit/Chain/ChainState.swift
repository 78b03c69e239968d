// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Where a journal stands after one of its records.
package struct ChainState: Sendable, Equatable {
    /// Hash of the last record; `zero` before the first.
    package private(set) var hash: RecordHash

    /// One leaf per record, segment headers included.
    package private(set) var tree: CompactRange

    package init() {
        hash = .zero
        tree = CompactRange()
    }

    init(hash: RecordHash, tree: CompactRange) {
        self.hash = hash
        self.tree = tree
    }

    /// Number of the last record; the first record has 1.
    package var sequence: UInt64 { tree.size }

    mutating func advance(_ record: RecordHash) {
        hash = record
        tree.append(record)
    }
}
