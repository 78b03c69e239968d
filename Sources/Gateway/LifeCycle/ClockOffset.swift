// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// How far the upstream's clock is ahead of ours, learnt from the `Date` field of its answers.
///
/// Small differences are left alone: `Date` has whole seconds and travels. Large ones are followed up to a cap, since a
/// clock that is hours away is a fault somebody must see, not one to sign along with.
package struct ClockOffset: Sendable, Equatable {
    /// Seconds. Differences up to here are taken for none.
    static let deadBand: Int64 = 2

    /// Seconds. No offset beyond it is used.
    static let maximum: Int64 = 6 * 3600

    private static let sampleCount = 9

    private var samples: [Int64] = []
    private var next = 0

    /// Seconds to add to our clock when signing.
    package private(set) var seconds: Int64 = 0

    package init() {}

    /// Takes the upstream's time against ours at the middle of the call.
    package mutating func learn(upstream: Int64, local: Int64) {
        let difference = upstream - local
        if samples.count < Self.sampleCount {
            samples.append(difference)
        } else {
            samples[next] = difference
            next = (next + 1) % Self.sampleCount
        }
        settle(samples.sorted()[samples.count / 2])
    }

    /// After a refused timestamp the newest difference alone counts: the clock was set while we were not looking.
    package mutating func jump(upstream: Int64, local: Int64) {
        samples = [upstream - local]
        next = 0
        settle(upstream - local)
    }

    private mutating func settle(_ difference: Int64) {
        seconds = abs(difference) <= Self.deadBand ? 0 : min(max(difference, -Self.maximum), Self.maximum)
    }
}
