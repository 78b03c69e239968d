// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ControlPlane
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Times for log lines. The part down to the second is written once a second.
final class LogClock: Sendable {
    private let second = Mutex((seconds: Int64.min, text: ""))

    func text() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return text(seconds: Int64(now.tv_sec), milliseconds: now.tv_nsec / 1_000_000)
    }

    func text(seconds: Int64, milliseconds: Int) -> String {
        let whole = second.withLock { cached in
            if cached.seconds != seconds { cached = (seconds, String(UTCTime.text(seconds).dropLast())) }
            return cached.text
        }
        let padding = milliseconds < 10 ? "00" : milliseconds < 100 ? "0" : ""
        return "\(whole).\(padding)\(milliseconds)Z"
    }
}
