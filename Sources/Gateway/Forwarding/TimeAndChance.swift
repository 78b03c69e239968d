// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Glibc
import NIOCore
import Synchronization

/// The two clocks a call needs.
package protocol TimeSource: Sendable {
    /// Monotonic, for limits, deadlines and durations.
    var now: NIODeadline { get }

    /// Seconds since 1970, for `oauth_timestamp`.
    var unixSeconds: Int64 { get }
}

package struct SystemTime: TimeSource {
    package init() {}

    package var now: NIODeadline { .now() }

    package var unixSeconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec)
    }
}

/// Unpredictable text for nonces and request ids.
package protocol ChanceSource: Sendable {
    /// 32 hexadecimal digits holding 128 random bits.
    func token() -> [UInt8]
}

/// Draws from the system's generator in batches: one system call for 16 tokens.
package final class SystemChance: ChanceSource {
    /// Bytes: as many as getentropy(3) hands out at once.
    private static let batch = 16 * 16
    private let pool = Mutex(Pool())

    private struct Pool {
        var bytes: [UInt8] = []
        var used = 0
    }

    package init() {}

    package func token() -> [UInt8] {
        pool.withLock { pool in
            if pool.used == pool.bytes.count { Self.fill(&pool) }
            defer { pool.used += 16 }
            return Self.hexadecimal(pool.bytes[pool.used..<pool.used + 16])
        }
    }

    private static func fill(_ pool: inout Pool) {
        pool.bytes = [UInt8](unsafeUninitializedCapacity: batch) { buffer, count in
            guard let start = buffer.baseAddress, getentropy(start, batch) == 0 else {
                preconditionFailure("a kernel without random bytes")
            }
            count = batch
        }
        pool.used = 0
    }

    private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: bytes.count * 2) { buffer, count in
            for byte in bytes {
                buffer[count] = digit(byte >> 4)
                buffer[count + 1] = digit(byte & 0xF)
                count += 2
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
