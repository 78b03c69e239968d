// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Counts of durations, by upper bound.
struct Histogram: Sendable {
    /// Seconds.
    static let bounds = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]
    private static let nanosecondBounds = bounds.map { Int64($0 * 1e9) }

    /// Of each bound alone; the last is for everything above.
    private(set) var counts = [UInt64](repeating: 0, count: bounds.count + 1)
    private(set) var sum: Double = 0

    mutating func add(nanoseconds: Int64) {
        counts[Self.nanosecondBounds.firstIndex { nanoseconds <= $0 } ?? Self.bounds.count] += 1
        sum += Double(nanoseconds) / 1e9
    }

    mutating func add(nanoseconds: Double) {
        add(nanoseconds: Int64(nanoseconds))
    }
}
