// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import RateLimits

/// `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers: lists of named policies, most constrained
/// first.
enum RateLimitFields {
    static func write(_ states: [LimitState], into buffer: inout ByteBuffer) {
        guard !states.isEmpty else { return }
        let states = states.sorted { share($0) < share($1) }
        writeList("RateLimit: \"", of: states, &buffer) { state, buffer in
            write("\";r=", state.remaining, &buffer)
            write(";t=", state.resetSeconds, &buffer)
        }
        writeList("RateLimit-Policy: \"", of: states, &buffer) { state, buffer in
            write("\";q=", state.policy.permits, &buffer)
            write(";w=", Int(state.policy.period.components.seconds), &buffer)
        }
    }

    private static func writeList(
        _ start: StaticString, of states: [LimitState], _ buffer: inout ByteBuffer,
        _ writeParameters: (LimitState, inout ByteBuffer) -> Void
    ) {
        for (index, state) in states.enumerated() {
            buffer.writeStaticString(index == 0 ? start : ", \"")
            buffer.writeString(state.kind.rawValue)
            writeParameters(state, &buffer)
        }
        buffer.writeStaticString("\r\n")
    }

    /// Written in pieces, because this happens for every answer and an interpolated string is allocated.
    private static func write(_ name: StaticString, _ number: Int, _ buffer: inout ByteBuffer) {
        buffer.writeStaticString(name)
        buffer.writeString(String(number))
    }

    /// Of the burst, what is left.
    private static func share(_ state: LimitState) -> Double {
        Double(state.remaining) / Double(state.policy.burst)
    }
}
