// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The upstream's time, learnt from the `Date` field of its answers and carried on by our monotonic clock: a wall clock
/// that is set while calls run does not change what is signed.
///
/// Small differences from the wall clock are left alone: `Date` has whole seconds and travels. So are those beyond a cap,
/// since a clock that is hours away is a fault somebody must see, not one to sign along with.
struct ClockOffset: Sendable, Equatable {
    /// Seconds. Differences up to here are taken for none.
    static let deadBand: Int64 = 2

    /// Seconds. Differences beyond it are shown and not used.
    static let maximum: Int64 = 6 * 3600

    /// Seconds after which nothing learnt is trusted any more; a machine that slept has a monotonic clock that did too.
    static let maximumAge: Int64 = 3600

    /// Of which the median counts: one answer from a cache says nothing.
    static let sampleCount = 9

    /// Upstream's seconds minus monotonic ones.
    private var samples: [Int64] = []
    private var next = 0
    private var median: Int64 = 0
    private var newest: Int64 = 0

    init() {}

    /// - Parameters:
    ///   - upstream: seconds since 1970, from `Date`.
    ///   - monotonic: seconds of our monotonic clock when the answer came.
    mutating func learn(upstream: Int64, monotonic: Int64) {
        let difference = upstream - monotonic
        if samples.count < Self.sampleCount {
            samples.append(difference)
        } else {
            samples[next] = difference
            next = (next + 1) % Self.sampleCount
        }
        newest = monotonic
        median = samples.sorted()[samples.count / 2]
    }

    /// After a refused timestamp the newest answer alone counts: the upstream's clock or ours was set meanwhile.
    mutating func jump(upstream: Int64, monotonic: Int64) {
        samples.removeAll(keepingCapacity: true)
        next = 0
        learn(upstream: upstream, monotonic: monotonic)
    }

    /// Seconds the upstream is ahead of `wall`; zero while nothing is known. For the metric: neither cut nor capped.
    func difference(wall: Int64, monotonic: Int64) -> Int64 {
        guard !samples.isEmpty, monotonic - newest <= Self.maximumAge else { return 0 }
        return monotonic + median - wall
    }

    /// The timestamp to sign with, in seconds since 1970.
    func timestamp(wall: Int64, monotonic: Int64) -> Int64 {
        let difference = difference(wall: wall, monotonic: monotonic)
        return (Self.deadBand + 1...Self.maximum).contains(abs(difference)) ? wall + difference : wall
    }
}
