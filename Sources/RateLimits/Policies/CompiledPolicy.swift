// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A policy as the limiter computes with it: one lane a window. Lanes without a window never refuse.
struct CompiledPolicy: Sendable {
    let intervals: SIMD4<Int64>
    let tolerances: SIMD4<Int64>

    /// See `FairShare`: calls that only those within their share may take, and how far ahead there is plenty.
    let reservedCalls: SIMD4<Int64>
    let plenties: SIMD4<Int64>

    /// `.max` for no limit.
    let concurrency: Int32

    /// Windows.
    let count: UInt8
    let isShadow: Bool

    /// Whether a restart would hand out a quota that the restarted process would not give back soon.
    let isKept: Bool

    init(_ policy: LimitPolicy) {
        var intervals = SIMD4<Int64>(repeating: 0)
        var tolerances = SIMD4<Int64>(repeating: Int64.max / 2)
        var calls = SIMD4<Int64>(repeating: 0)
        var plenties = SIMD4<Int64>(repeating: Int64.max / 2)
        for (lane, window) in policy.windows.enumerated() {
            intervals[lane] = window.interval
            tolerances[lane] = window.tolerance
            calls[lane] = FairShare.reservedCalls(window)
            plenties[lane] = FairShare.plenty(window)
        }
        self.intervals = intervals
        self.tolerances = tolerances
        reservedCalls = calls
        self.plenties = plenties
        concurrency = policy.concurrency.map { Int32(clamping: $0) } ?? .max
        count = UInt8(policy.windows.count)
        isShadow = policy.mode == .shadow
        isKept = policy.hasLongWindows
    }

    var lanes: Range<Int> { 0..<Int(count) }
}
