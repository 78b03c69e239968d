// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Durations with their unit: `"250ms"`, `"30s"`, `"5m"`, `"1h"`, `"7d"`.
package enum DurationText {
    /// Nil without a unit, with an unknown one, or beyond a hundred years.
    package static func parse(_ text: String) -> Duration? {
        guard let quantity = Quantity(text),
            let scale = units.first(where: { $0.name == quantity.unit })?.milliseconds
        else { return nil }
        let (milliseconds, overflow) = quantity.count.multipliedReportingOverflow(by: scale)
        guard !overflow, milliseconds <= 100 * 366 * 86_400_000 else { return nil }
        return .milliseconds(milliseconds)
    }

    /// In the largest unit that needs no fraction; parts of a millisecond are dropped.
    package static func write(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
        let unit = units.first { milliseconds.isMultiple(of: $0.milliseconds) } ?? ("ms", 1)
        return milliseconds == 0 ? "0s" : "\(milliseconds / unit.milliseconds)\(unit.name)"
    }

    private static let units: [(name: String, milliseconds: Int)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]
}
