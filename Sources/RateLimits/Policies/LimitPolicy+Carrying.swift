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
            guard let from = matchingWindow(lane, in: old) else { continue }
            let interval = old.windows[from].interval
            let calls = ahead[from] / interval + (ahead[from] % interval == 0 ? 0 : 1)
            let owed = interval == window.interval ? ahead[from] : calls.times(window.interval)
            carried[lane] = min(owed, window.refillTime)
        }
        return carried
    }

    private func matchingWindow(_ lane: Int, in old: LimitPolicy) -> Int? {
        if let same = old.windows.firstIndex(where: { $0.period == windows[lane].period }) { return same }
        guard lane == 0, let first = old.windows.first, !windows.contains(where: { $0.period == first.period }) else {
            return nil
        }
        return 0
    }
}
