// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Days of the Gregorian calendar, written `YYYY-MM-DD`.
enum CalendarDay {
    /// Bills are from these years; anything else is a slip of the pen.
    static let years = 1_900...2_199

    /// These years as a regular expression (ECMA-262); that the day is a real one is left to the format.
    static let pattern = "^(19|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}$"

    static func isOne(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10])
        else { return false }
        return years.contains(year) && (1...12).contains(month) && (1...days(in: month, of: year)).contains(day)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
