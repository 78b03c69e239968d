// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import RateLimits

/// `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10: lists of named policies, most constrained
/// first.
enum RateLimitFields {
    static func write(_ standing: LimitStanding, into buffer: inout ByteBuffer) {
        let states = standing.states
        guard !states.isEmpty else { return }
        writeList("RateLimit: \"", of: states, &buffer) { state, buffer in
            write("\";r=", state.remaining, &buffer)
            if let seconds = state.nextSeconds { write(";t=", seconds, &buffer) }
        }
        // A share is no policy with a quota of its own.
        let policies = states.contains { $0.measure == .share } ? states.filter { $0.measure != .share } : states
        writeList("RateLimit-Policy: \"", of: policies, &buffer) { state, buffer in
            switch state.measure {
            case .calls(let window):
                write("\";q=", window.permits, &buffer)
                write(";w=", window.periodSeconds, &buffer)
                if window.burst != window.permits { write(";wego-burst=", window.burst, &buffer) }
            case .callsInFlight(let most):
                write("\";q=", most, &buffer)
                buffer.writeStaticString(";qu=\"concurrent-requests\"")
            case .share: break
            }
        }
    }

    private static func writeList(
        _ start: StaticString, of states: [LimitState], _ buffer: inout ByteBuffer,
        _ writeParameters: (LimitState, inout ByteBuffer) -> Void
    ) {
        guard !states.isEmpty else { return }
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
