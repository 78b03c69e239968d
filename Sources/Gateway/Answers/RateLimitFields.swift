// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import RateLimits

/// `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers: lists of named policies, most constrained
/// first.
enum RateLimitFields {
    static func write(_ standing: LimitStanding, into buffer: inout ByteBuffer) {
        let states = standing.states
        guard !states.isEmpty else { return }
        writeList("RateLimit: \"", of: states, &buffer) { state, buffer in
            write("\";r=", state.remaining, &buffer)
            write(";t=", state.resetSeconds, &buffer)
        }
        writeList("RateLimit-Policy: \"", of: states, &buffer) { state, buffer in
            write("\";q=", state.window.permits, &buffer)
            write(";w=", state.window.periodSeconds, &buffer)
        }
    }

    private static func writeList(
        _ start: StaticString, of states: [LimitState], _ buffer: inout ByteBuffer,
        _ writeParameters: (LimitState, inout ByteBuffer) -> Void
    ) {
        for (index, state) in states.enumerated() {
            buffer.writeStaticString(index == 0 ? start : ", \"")
            buffer.writeString(state.name)
            writeParameters(state, &buffer)
        }
        buffer.writeStaticString("\r\n")
    }

    /// Written in pieces, because this happens for every answer and an interpolated string is allocated.
    private static func write(_ name: StaticString, _ number: Int, _ buffer: inout ByteBuffer) {
        buffer.writeStaticString(name)
        buffer.writeString(String(number))
    }
}
