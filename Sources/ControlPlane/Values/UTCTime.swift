// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// RFC 3339 in UTC, without a calendar library: answers and log lines need nothing else.
package enum UTCTime {
    /// `2031-05-04T03:02:01Z` for seconds since 1970.
    package static func text(_ seconds: Int64) -> String {
        text(seconds, fraction: "")
    }

    /// `2031-05-04T03:02:01.250Z`.
    package static func text(_ seconds: Int64, milliseconds: Int) -> String {
        text(seconds, fraction: "." + padded(Int64(milliseconds), to: 3))
    }

    private static func text(_ seconds: Int64, fraction: String) -> String {
        let (days, time) = (floorDivide(seconds, 86_400), floorRemainder(seconds, 86_400))
        let (year, month, day) = civil(days)
        let date = "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
        let clock = "\(padded(time / 3_600, to: 2)):\(padded(time / 60 % 60, to: 2)):\(padded(time % 60, to: 2))"
        return "\(date)T\(clock)\(fraction)Z"
    }

    /// Days since 1970 as a date. Years run from March here, so that the leap day is the last of its year.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
        value / by - (value % by < 0 ? 1 : 0)
    }

    private static func floorRemainder(_ value: Int64, _ by: Int64) -> Int64 {
        value - floorDivide(value, by) * by
    }

    private static func padded(_ value: Int64, to width: Int) -> String {
        let digits = "\(value)"
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
