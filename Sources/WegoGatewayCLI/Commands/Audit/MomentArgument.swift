// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import Settings

/// A moment as people write it.
enum MomentArgument {
    /// Microseconds since 1970; nil when the text is neither a date, nor an RFC 3339 time, nor a duration with its
    /// unit.
    ///
    /// - Parameter now: what a duration is counted back from.
    static func microseconds(_ text: String, now: Int64) -> Int64? {
        if let ago = DurationText.parse(text) { return now - Int64(ago / .microseconds(1)) }
        let dateLength = 10
        let full = text.utf8.count == dateLength ? text + "T00:00:00Z" : text
        // The parser takes hours and minutes that no clock shows.
        let grammar = /\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)/
        guard full.wholeMatch(of: grammar) != nil else { return nil }
        for hasFraction in [false, true] {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: hasFraction)
            if let date = try? style.parse(full) { return Int64((date.timeIntervalSince1970 * 1e6).rounded()) }
        }
        return nil
    }
}
