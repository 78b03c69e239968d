// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension LimitPolicy {
    /// What is owed on each window of this policy by somebody who owed `ahead` (nanoseconds) under `old`.
    ///
    /// Windows of the same period go together; the first with the first if they are left over. Calls are carried over, not
    /// time: a call made under a slow rate must not block a fast one for as long.
    func carry(_ ahead: SIMD4<Int64>, from old: LimitPolicy) -> SIMD4<Int64> {
        var carried = SIMD4<Int64>(repeating: 0)
        for (lane, window) in windows.enumerated() {
            guard let from = matchingWindow(lane, in: old, ahead) else { continue }
            let owed =
                old.windows[from].interval == window.interval
                ? ahead[from] : Self.calls(ahead[from], old.windows[from]).times(window.interval)
            carried[lane] = min(owed, window.refillTime)
        }
        return carried
    }

    /// The same window, wherever it stood; else that of the same place and period; else, of those of the same period, the one
    /// that most calls are owed on: better too many than a quota handed out afresh.
    private func matchingWindow(_ lane: Int, in old: LimitPolicy, _ ahead: SIMD4<Int64>) -> Int? {
        let window = windows[lane]
        if lane < old.windows.count, old.windows[lane] == window { return lane }
        if let same = old.windows.firstIndex(of: window) { return same }
        if lane < old.windows.count, old.windows[lane].period == window.period { return lane }
        let alike = old.windows.indices.filter { old.windows[$0].period == window.period }
        if let most = alike.max(by: { Self.calls(ahead[$0], old.windows[$0]) < Self.calls(ahead[$1], old.windows[$1]) })
        {
            return most
        }
        guard lane == 0, let first = old.windows.first, !windows.contains(where: { $0.period == first.period }) else {
            return nil
        }
        return 0
    }

    /// Rounded up.
    private static func calls(_ ahead: Int64, _ window: RateWindow) -> Int64 {
        ahead / window.interval + (ahead % window.interval == 0 ? 0 : 1)
    }
}
