// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// So many in so long: `"120/min"`, `"10/s"`, `"1000/h"`, `"5000/d"`; units may be written out, as in `"5000/day"`.
package struct Rate: Sendable, Hashable {
    package enum Unit: String, Sendable, CaseIterable {
        case second = "s"
        case minute = "min"
        case hour = "h"
        case day = "d"

        package var seconds: Int {
            switch self {
            case .second: 1
            case .minute: 60
            case .hour: 3_600
            case .day: 86_400
            }
        }

        package var duration: Duration { .seconds(seconds) }

        package var word: String {
            switch self {
            case .second: "second"
            case .minute: "minute"
            case .hour: "hour"
            case .day: "day"
            }
        }
    }

    /// At least 1.
    package let permits: Int
    package let per: Unit

    package static let maximumPermits = 1_000_000_000

    /// What a text should look like, as a part of a sentence.
    package static let grammar = "a rate of at least 1, like \"120/min\" (units s, min, h, d)"

    package init(permits: Int, per: Unit) {
        precondition(permits >= 1, "a rate permits at least one")
        self.permits = permits
        self.per = per
    }

    /// Nil unless the text is a whole number from 1 to `maximumPermits`, a slash and a unit.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...12).contains(parts[0].utf8.count),
            parts[0].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let permits = Int(parts[0]), (1...Self.maximumPermits).contains(permits),
            let unit = Unit.allCases.first(where: { $0.rawValue == parts[1] || $0.word == parts[1] })
        else { return nil }
        self.init(permits: permits, per: unit)
    }

    /// A burst is made up for at the steady rate; one that takes longer than a year is a slip of the finger.
    package var permitsInAYear: Int {
        let (product, isEndless) = permits.multipliedReportingOverflow(by: 365 * 86_400 / per.seconds)
        return isEndless ? .max : product
    }
}

extension Rate: CustomStringConvertible {
    package var description: String { "\(permits)/\(per.rawValue)" }
}
