// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// From keys to slots: open addressing with linear probing. It holds four bytes a bucket; the keys are the table's.
struct SlotIndex {
    /// Slot identifier and 1; 0 for nothing.
    private var buckets = ContiguousArray<UInt32>(repeating: 0, count: 64)
    private(set) var count = 0

    private var mask: Int { buckets.count - 1 }

    func find(_ hash: UInt32, where isMatch: (UInt32) -> Bool) -> UInt32? {
        var bucket = Int(hash) & mask
        while buckets[bucket] != 0 {
            let identifier = buckets[bucket] - 1
            if isMatch(identifier) { return identifier }
            bucket = (bucket + 1) & mask
        }
        return nil
    }

    /// Only for a key that is not in it. `hashOf` tells the hashes of those that are.
    mutating func insert(_ identifier: UInt32, _ hash: UInt32, hashOf: (UInt32) -> UInt32) {
        if (count + 1) * 4 > buckets.count * 3 { grow(hashOf) }
        place(identifier, hash)
        count += 1
    }

    private mutating func place(_ identifier: UInt32, _ hash: UInt32) {
        var bucket = Int(hash) & mask
        while buckets[bucket] != 0 { bucket = (bucket + 1) & mask }
        buckets[bucket] = identifier + 1
    }

    private mutating func grow(_ hashOf: (UInt32) -> UInt32) {
        let old = buckets
        buckets = ContiguousArray(repeating: 0, count: old.count * 2)
        for entry in old where entry != 0 { place(entry - 1, hashOf(entry - 1)) }
    }

    /// Closes the gap with what was displaced past it, so that no search ends too early.
    mutating func remove(_ identifier: UInt32, _ hash: UInt32, hashOf: (UInt32) -> UInt32) {
        var gap = Int(hash) & mask
        while buckets[gap] != identifier + 1 {
            guard buckets[gap] != 0 else { return }
            gap = (gap + 1) & mask
        }
        var bucket = gap
        while true {
            bucket = (bucket + 1) & mask
            guard buckets[bucket] != 0 else { break }
            let home = Int(hashOf(buckets[bucket] - 1)) & mask
            // It may move into the gap if its search passes there.
            if (bucket &- home) & mask >= (bucket &- gap) & mask {
                buckets[gap] = buckets[bucket]
                gap = bucket
            }
        }
        buckets[gap] = 0
        count -= 1
    }

    /// Bytes.
    var size: Int { buckets.capacity * MemoryLayout<UInt32>.stride }
}
