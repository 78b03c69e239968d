// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// RFC 3339 in UTC with six decimals: "2026-08-21T09:30:00.000001Z". Always 27 bytes, so that texts sort as times do.
enum UTCTimestamp {
    /// 0001-01-01 to 9999-12-31; other times are clamped, so that a mad clock still gives a record.
    static let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

    static func append(_ microseconds: Int64, to out: inout [UInt8]) {
        let time = min(max(microseconds, range.lowerBound), range.upperBound)
        let (day, rest) = floorDivide(time, by: 86_400_000_000)
        let (year, month, dayOfMonth) = civil(day)
        let (second, fraction) = rest.quotientAndRemainder(dividingBy: 1_000_000)
        withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 1) { text in
            var end = 0
            write(year, width: 4, then: "-", to: text, &end)
            write(month, width: 2, then: "-", to: text, &end)
            write(dayOfMonth, width: 2, then: "T", to: text, &end)
            write(second / 3600, width: 2, then: ":", to: text, &end)
            write(second / 60 % 60, width: 2, then: ":", to: text, &end)
            write(second % 60, width: 2, then: ".", to: text, &end)
            write(fraction, width: 6, then: "Z", to: text, &end)
            out.append(contentsOf: text)
        }
    }

    static let byteCount = 27

    static func text(_ microseconds: Int64) -> String {
        var out: [UInt8] = []
        append(microseconds, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    private static func write(
        _ number: Int64, width: Int, then separator: Unicode.Scalar, to text: UnsafeMutableRawBufferPointer,
        _ end: inout Int
    ) {
        var rest = number
        for index in (end..<(end + width)).reversed() {
            text[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        text[end + width] = UInt8(ascii: separator)
        end += width + 1
    }

    /// The proleptic Gregorian date of a day counted from 1970-01-01. Years are made to begin in March, so that the
    /// leap day is the last day of the year and all months before it have fixed places.
    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let daysInEra: Int64 = 146_097
        let (era, dayOfEra) = floorDivide(day + 719_468, by: daysInEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Microseconds since 1970 of a text as `append` writes it; nil for any other.
    static func parse(_ text: UnsafeRawBufferPointer) -> Int64? {
        guard text.count == byteCount else { return nil }
        var index = 0
        guard let year = number(in: text, width: 4, before: "-", &index),
            let month = number(in: text, width: 2, before: "-", &index), (1...12).contains(month),
            let dayOfMonth = number(in: text, width: 2, before: "T", &index), (1...31).contains(dayOfMonth),
            let hour = number(in: text, width: 2, before: ":", &index),
            let minute = number(in: text, width: 2, before: ":", &index),
            let second = number(in: text, width: 2, before: ".", &index),
            let fraction = number(in: text, width: 6, before: "Z", &index)
        else { return nil }
        let seconds = hour * 3600 + minute * 60 + second
        return (day(year, month, dayOfMonth) * 86_400 + seconds) * 1_000_000 + fraction
    }

    private static func number(
        in text: UnsafeRawBufferPointer, width: Int, before separator: Unicode.Scalar, _ index: inout Int
    ) -> Int64? {
        var number: Int64 = 0
        for position in index..<(index + width) {
            let byte = text[position]
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        guard text[index + width] == UInt8(ascii: separator) else { return nil }
        index += width + 1
        return number
    }

    /// The day counted from 1970-01-01; the reverse of `civil`.
    private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shifted, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func floorDivide(_ number: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
