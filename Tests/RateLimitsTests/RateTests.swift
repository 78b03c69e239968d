// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct RateTests {
    @Test(arguments: [
        ("120/min", Rate(permits: 120, per: .minute)), ("10/s", Rate(permits: 10, per: .second)),
        ("1000/h", Rate(permits: 1_000, per: .hour)), ("5000/d", Rate(permits: 5_000, per: .day)),
    ])
    func readsRates(text: String, rate: Rate) {
        #expect(Rate(text) == rate)
        #expect(rate.description == text)
    }

    @Test(arguments: [("5000/day", "5000/d"), ("7/hour", "7/h"), ("120/minute", "120/min"), ("1/second", "1/s")])
    func readsUnitsWrittenOut(text: String, written: String) {
        #expect(Rate(text)?.description == written)
    }

    @Test(arguments: [
        "", "120", "0/min", "/min", "120/", "120/m", "120/days", "120 /min", "120/ min", "-1/s", "+1/s", "1.5/s",
        "1000000001/s", "99999999999999999999/s", "1/s/s", "1/week", "\u{663}/s", "1/S",
    ])
    func refusesRates(text: String) {
        #expect(Rate(text) == nil)
    }

    @Test func knowsWhatAYearPermits() {
        #expect(Rate(permits: 2, per: .day).permitsInAYear == 730)
        #expect(Rate(permits: 1, per: .second).permitsInAYear == 31_536_000)
        #expect(Rate(permits: .max, per: .minute).permitsInAYear == .max)
    }
}
