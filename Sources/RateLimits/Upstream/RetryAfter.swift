// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What an upstream's `Retry-After` field asks for (RFC 9110 section 10.2.3).
package enum RetryAfter: Sendable, Equatable {
    case seconds(Int64)

    /// Seconds since 1970 on the upstream's clock.
    case date(Int64)

    /// - Parameter date: Reads an HTTP date; nil for what is none.
    package init?(_ field: [UInt8], date: ([UInt8]) -> Int64?) {
        if !field.isEmpty, field.count <= 10, field.allSatisfy({ (0x30...0x39).contains($0) }) {
            self = .seconds(field.reduce(0) { $0 * 10 + Int64($1 - 0x30) })
        } else if let time = date(field) {
            self = .date(time)
        } else {
            return nil
        }
    }

    /// Nanoseconds from now.
    ///
    /// - Parameter upstreamTime: Seconds since 1970 on the upstream's clock.
    package func wait(upstreamTime: Int64) -> Int64 {
        switch self {
        case .seconds(let seconds): seconds.times(LimitTime.second)
        case .date(let time):
            max(0, time.subtractingReportingOverflow(upstreamTime).partialValue).times(LimitTime.second)
        }
    }
}
