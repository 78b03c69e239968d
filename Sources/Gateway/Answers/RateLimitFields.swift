// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import RateLimits

/// `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers: lists of named policies, most constrained
/// first.
enum RateLimitFields {
    static func write(_ states: [LimitState], into buffer: inout ByteBuffer) {
        guard !states.isEmpty else { return }
        let states = states.sorted { Self.share($0) < Self.share($1) }
        buffer.writeStaticString("RateLimit: ")
        for (index, state) in states.enumerated() {
            buffer.writeString(
                "\(index > 0 ? ", " : "")\"\(state.kind.rawValue)\";r=\(state.remaining);t=\(state.resetSeconds)")
        }
        buffer.writeStaticString("\r\nRateLimit-Policy: ")
        for (index, state) in states.enumerated() {
            let window = state.policy.period.components.seconds
            buffer.writeString(
                "\(index > 0 ? ", " : "")\"\(state.kind.rawValue)\";q=\(state.policy.permits);w=\(window)")
        }
        buffer.writeStaticString("\r\n")
    }

    /// Of the burst, what is left.
    private static func share(_ state: LimitState) -> Double {
        Double(state.remaining) / Double(state.policy.burst)
    }
}
