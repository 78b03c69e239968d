// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOHTTP1

/// The trace id of a W3C `traceparent` field, version 00. For logs and records; never sent upstream.
struct TraceParent: Sendable, Equatable {
    /// 32 lower-case hexadecimal digits, not all zero.
    let traceID: String

    /// Nil for anything but one well-formed field: tracing must never be a reason to refuse a call.
    init?(_ headers: HTTPHeaders) {
        let values = headers["traceparent"]
        guard values.count == 1, let value = values.first else { return nil }
        let parts = value.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "00", parts.map(\.utf8.count) == [2, 32, 16, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy(Self.isDigit) }), parts[1].contains(where: { $0 != "0" })
        else { return nil }
        traceID = String(parts[1])
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
}
