// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What one home user, caller, tenant or consumer may use.
package struct LimitPolicy: Sendable, Hashable {
    package enum Mode: String, Sendable, CaseIterable {
        case enforce
        /// What would have been refused is counted and let through.
        case shadow
    }

    package static let maximumWindows = 4

    /// All must have room. The first is the one that `RateLimit` names after the kind alone.
    package let windows: [RateWindow]

    /// Calls in flight at one time; nil for no such limit.
    package let concurrency: Int?
    package let mode: Mode

    package init(windows: [RateWindow] = [], concurrency: Int? = nil, mode: Mode = .enforce) {
        precondition(windows.count <= Self.maximumWindows, "a policy has at most four windows")
        precondition(concurrency.map { $0 > 0 } ?? true, "a policy without room for a call in flight")
        self.windows = windows
        self.concurrency = concurrency
        self.mode = mode
    }

    package init(rate: RateWindow, concurrency: Int? = nil, mode: Mode = .enforce) {
        self.init(windows: [rate], concurrency: concurrency, mode: mode)
    }

    package static let unlimited = LimitPolicy()

    /// Whether a restart would hand out a quota that the restarted process would not give back soon.
    package var hasLongWindows: Bool { windows.contains { LimitRecord.isWorthKeeping($0) } }
}
