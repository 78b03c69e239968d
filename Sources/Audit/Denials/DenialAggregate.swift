// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Keeps a flood of refusals from filling the journal: the first few of a second are recorded one by one, the others
/// are counted and recorded together when the second is over. A flood that lasts uses up a budget of records; from then
/// on a minute takes the place of the second, and kinds that find no place in the budget are counted together.
///
/// A pure value: time is an argument, and so is everything else.
package struct DenialAggregate: Sendable {
    package struct Limits: Sendable {
        /// Records written one by one, for each kind and second; in a flood that lasts, for each kind and minute.
        package var single = 5
        package var singleInFlood = 1

        /// Kinds told apart in one second or minute; what comes beyond is counted together, see `outlines`.
        package var keys = 1024

        /// What is counted together is still told apart by tenant, caller and status, up to this number.
        package var outlines = 16

        /// Records that may be taken at once, and those that come back every minute. With the outlines, no flood takes
        /// more than some 75 000 records a day.
        package var burst = 10_000
        package var perMinute = 30

        package init() {}
    }

    private struct Count {
        var all = 0
        /// Of them, those with a record of their own.
        var single = 0
    }

    private static let second: Int64 = 1_000_000
    private static let minute: Int64 = 60 * second

    private let limits: Limits
    private var budget: RecordBudget
    private var window: Range<Int64>?
    private var isFlood = false
    private var counts: [DenialKey: Count] = [:]
    private var outlines: [DenialKey: Int] = [:]

    package init(limits: Limits = Limits()) {
        self.limits = limits
        budget = RecordBudget(capacity: limits.burst, interval: Self.minute / Int64(max(limits.perMinute, 1)))
    }

    /// One refusal. Returns the records to append now: those of the window before, if it is over, and this one if it
    /// is among the first of its kind.
    ///
    /// - Parameter time: microseconds since 1970. A clock that goes back closes the window as well.
    package mutating func refused(_ denial: DeniedCalls, at time: Int64) -> [JournalRecord] {
        var records = flush(at: time)
        guard counts[denial.key] != nil || counts.count < limits.keys else {
            outline(denial.key, denial.count)
            return records
        }
        var count = counts[denial.key] ?? Count()
        count.all += denial.count
        if count.single < (isFlood ? limits.singleInFlood : limits.single), budget.take() {
            count.single += denial.count
            records.append(JournalRecord(time: time, content: .denied(denial)))
        }
        counts[denial.key] = count
        return records
    }

    /// The counted refusals of a window that is over at `time`; none while it lasts.
    package mutating func flush(at time: Int64) -> [JournalRecord] {
        if let window, window.contains(time) { return [] }
        budget.refill(at: time)
        let records = drain(at: time)
        // Not before a good part of the budget is back, or the mode would change with every record.
        isFlood = budget.isEmpty || (isFlood && budget.left < limits.burst / 10)
        let length = isFlood ? Self.minute : Self.second
        let start = time - (time % length + length) % length
        window = start..<(start + length)
        return records
    }

    /// All that is counted and not yet recorded; for the end of the gateway.
    package mutating func drain(at time: Int64) -> [JournalRecord] {
        let rest = counts.map { (key: $0.key, count: $0.value.all - $0.value.single) }.filter { $0.count > 0 }
        var denials: [DeniedCalls] = []
        for (key, count) in rest.sorted(by: { $0.count > $1.count }) {
            if budget.take() { denials.append(DeniedCalls(key: key, count: count)) } else { outline(key, count) }
        }
        denials += outlines.map { DeniedCalls(key: $0.key, count: $0.value) }.sorted { $0.count > $1.count }
        counts.removeAll(keepingCapacity: true)
        outlines.removeAll(keepingCapacity: true)
        return denials.map { JournalRecord(time: time, content: .denied($0)) }
    }

    /// The first moment at which `flush` has something to say; nil when nothing is counted.
    package var nextFlush: Int64? {
        counts.isEmpty && outlines.isEmpty ? nil : window?.upperBound
    }

    private mutating func outline(_ key: DenialKey, _ count: Int) {
        var outline = DenialKey(
            tenant: key.tenant, caller: key.caller, user: nil, route: nil, problem: "too-many-kinds",
            status: key.status)
        if outlines[outline] == nil, outlines.count >= limits.outlines { (outline.tenant, outline.caller) = (nil, nil) }
        outlines[outline, default: 0] += count
    }
}

/// How many more records may be taken.
private struct RecordBudget: Sendable {
    let capacity: Int

    /// Microseconds after which one comes back.
    let interval: Int64
    private(set) var left: Int
    private var countedAt: Int64?

    init(capacity: Int, interval: Int64) {
        self.capacity = capacity
        self.interval = max(interval, 1)
        left = capacity
    }

    var isEmpty: Bool { left == 0 }

    mutating func take() -> Bool {
        guard left > 0 else { return false }
        left -= 1
        return true
    }

    /// A clock that goes back gives nothing.
    mutating func refill(at time: Int64) {
        guard let since = countedAt, time > since else {
            countedAt = time
            return
        }
        let earned = (time - since) / interval
        left += Int(min(earned, Int64(capacity - left)))
        countedAt = since + earned * interval
    }
}
