// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Keeps a flood of refusals from filling the journal: the first few of a second are recorded one by one, the others
/// are counted and recorded together when the second is over.
///
/// A pure value: time is an argument, and so is everything else.
package struct DenialAggregate: Sendable {
    package struct Limits: Sendable {
        /// Records written one by one, for each key and second.
        package var single = 5

        /// Keys told apart in one second; what comes beyond is counted under one key without names.
        package var keys = 1024

        package init() {}
    }

    private let limits: Limits
    private var second: Int64 = .min
    private var counts: [DenialKey: Int] = [:]

    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// One refusal. Returns the records to append now: those of the second before, if it is over, and this one if it
    /// is among the first of its key.
    ///
    /// - Parameter time: microseconds since 1970. A clock that goes back closes the second as well.
    package mutating func refused(_ denial: DeniedCalls, at time: Int64) -> [JournalRecord] {
        var records = flush(at: time)
        let isKnown = counts[denial.key] != nil || counts.count < limits.keys
        let key = isKnown ? denial.key : Self.others(denial.key)
        let count = (counts[key] ?? 0) + denial.count
        counts[key] = count
        if isKnown && count <= limits.single { records.append(JournalRecord(time: time, content: .denied(denial))) }
        return records
    }

    /// The counted refusals of a second that is over at `time`; none while it lasts.
    package mutating func flush(at time: Int64) -> [JournalRecord] {
        let now = time.quotientAndRemainder(dividingBy: 1_000_000).quotient
        guard now != second else { return [] }
        defer { second = now }
        return drain(at: time)
    }

    /// All that is counted and not yet recorded; for the end of the gateway.
    package mutating func drain(at time: Int64) -> [JournalRecord] {
        defer { counts.removeAll(keepingCapacity: true) }
        return counts.compactMap { key, count -> DeniedCalls? in
            let single = key == Self.others(key) ? 0 : limits.single
            return count > single ? DeniedCalls(key: key, count: count - single) : nil
        }
        .sorted { $0.count > $1.count }
        .map { JournalRecord(time: time, content: .denied($0)) }
    }

    /// The first moment at which `flush` has something to say; nil when nothing is counted.
    package var nextFlush: Int64? {
        counts.isEmpty ? nil : (second + 1) * 1_000_000
    }

    private static func others(_ key: DenialKey) -> DenialKey {
        DenialKey(tenant: nil, caller: nil, user: nil, route: nil, problem: "too-many-kinds", status: key.status)
    }
}
