// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Crypto

/// Remembers which nonces were used, per consumer, token and timestamp (RFC 5849, 3.3).
///
/// Digests are kept instead of nonces, so one entry costs the same however long the nonce is. When the memory is
/// full, the oldest second is forgotten and from then on refused: bounded, and no replay gets through.
struct NonceMemory: Sendable {
    enum Answer: Hashable {
        case fresh
        case used
        /// From a second that was forgotten to make room.
        case forgotten
    }

    /// Entries; about 100 bytes each.
    let capacity: Int
    private(set) var count = 0
    private var seen: [Int64: Set<SHA256Digest>] = [:]
    private var forgottenUpTo = Int64.min
    private var prunedUpTo = Int64.min

    init(capacity: Int) {
        precondition(capacity > 0, "a nonce memory must hold something")
        self.capacity = capacity
    }

    /// Only nonces of requests with a valid signature belong here: others could fill the memory at will.
    mutating func remember(consumerKey: [UInt8], token: [UInt8], nonce: [UInt8], timestamp: Int64) -> Answer {
        guard timestamp > forgottenUpTo else { return .forgotten }
        let entry = Self.digest([consumerKey, token, nonce])
        guard seen[timestamp, default: []].insert(entry).inserted else { return .used }
        count += 1
        while count > capacity, let oldest = seen.keys.min() {
            forget(oldest)
            forgottenUpTo = oldest
        }
        return .fresh
    }

    /// Drops what the timestamp check would refuse anyway.
    mutating func prune(before limit: Int64) {
        guard limit > prunedUpTo else { return }
        prunedUpTo = limit
        for timestamp in seen.keys where timestamp < limit { forget(timestamp) }
    }

    private mutating func forget(_ timestamp: Int64) {
        count -= seen.removeValue(forKey: timestamp)?.count ?? 0
    }

    /// Lengths are hashed along, so that no two different triples are the same bytes.
    private static func digest(_ parts: [[UInt8]]) -> SHA256Digest {
        var hash = SHA256()
        for part in parts {
            withUnsafeBytes(of: UInt64(part.count).littleEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: part)
        }
        return hash.finalize()
    }
}
