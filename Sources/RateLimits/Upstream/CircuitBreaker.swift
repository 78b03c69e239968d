// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Stops calls to an upstream that cannot be reached, and tries with one call whether it can again.
///
/// It opens when half of at least twenty calls within ten seconds failed on their way. An answer is no failure, whatever its
/// status.
package struct CircuitBreaker: Sendable {
    package static let leastCalls = 20
    package static let seconds = 10

    /// Nanoseconds; a random time between the two.
    package static let shortestOpen = LimitTime.second
    package static let longestOpen = 5 * LimitTime.second

    package enum Phase: Sendable, Equatable {
        case closed
        case open(until: Int64)
        /// One call is on its way to find out.
        case probing
    }

    package enum Admission: Sendable, Equatable {
        case goes
        case goesAsProbe
        /// Nil: until the probe is back.
        case refused(until: Int64?)
    }

    private struct Second {
        var number: Int64 = -1
        var calls = 0
        var failures = 0
    }

    package private(set) var phase = Phase.closed

    /// Times it opened.
    package private(set) var openings: UInt64 = 0
    private var window = [Second](repeating: Second(), count: seconds)

    package init() {}

    package mutating func admit(_ now: Int64) -> Admission {
        switch phase {
        case .closed: return .goes
        case .open(let until) where now < until: return .refused(until: until)
        case .open:
            phase = .probing
            return .goesAsProbe
        case .probing: return .refused(until: nil)
        }
    }

    /// - Parameter chance: random bits, for how long it opens.
    package mutating func ended(isFailure: Bool, isProbe: Bool, now: Int64, chance: UInt64) {
        if isProbe {
            isFailure ? open(now, chance) : close()
        } else if phase == .closed {
            count(isFailure, now)
            if isBad(now) { open(now, chance) }
        }
    }

    /// The probe was never sent; the next call is the probe.
    package mutating func probeAbandoned(_ now: Int64) {
        if phase == .probing { phase = .open(until: now) }
    }

    private mutating func open(_ now: Int64, _ chance: UInt64) {
        let span = UInt64(Self.longestOpen - Self.shortestOpen)
        phase = .open(until: now + Self.shortestOpen + Int64(chance % (span + 1)))
        openings += 1
    }

    private mutating func close() {
        phase = .closed
        window = [Second](repeating: Second(), count: Self.seconds)
    }

    private mutating func count(_ isFailure: Bool, _ now: Int64) {
        let second = now / LimitTime.second
        let index = Int(second % Int64(Self.seconds))
        if window[index].number != second { window[index] = Second(number: second) }
        window[index].calls += 1
        if isFailure { window[index].failures += 1 }
    }

    private func isBad(_ now: Int64) -> Bool {
        let oldest = now / LimitTime.second - Int64(Self.seconds) + 1
        var (calls, failures) = (0, 0)
        for second in window where second.number >= oldest {
            calls += second.calls
            failures += second.failures
        }
        return calls >= Self.leastCalls && failures * 2 >= calls
    }
}
