// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// So many in so long: `"120/min"`, `"10/s"`, `"1000/h"`, `"5000/d"`.
package struct Rate: Sendable, Hashable {
    package enum Unit: String, Sendable, CaseIterable {
        case second = "s"
        case minute = "min"
        case hour = "h"
        case day = "d"

        package var duration: Duration {
            switch self {
            case .second: .seconds(1)
            case .minute: .seconds(60)
            case .hour: .seconds(3_600)
            case .day: .seconds(86_400)
            }
        }
    }

    /// At least 1.
    package let permits: Int
    package let per: Unit

    package init(permits: Int, per: Unit) {
        precondition(permits >= 1, "a rate permits at least one")
        self.permits = permits
        self.per = per
    }

    package init?(_ text: String) {
        guard let quantity = Quantity(text), (1...1_000_000_000).contains(quantity.count),
            quantity.unit.hasPrefix("/"), let unit = Unit(rawValue: String(quantity.unit.dropFirst()))
        else { return nil }
        self.init(permits: quantity.count, per: unit)
    }
}

extension Rate: CustomStringConvertible {
    package var description: String { "\(permits)/\(per.rawValue)" }
}
