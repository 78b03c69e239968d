// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Synchronization

/// Decides whether a call may go now, for all its keys at once. Decisions are pure but for the table behind one lock.
package final class Limiter: Sendable {
    private struct Entry {
        var bucket: TokenBucket
        var inFlight = 0
    }

    private struct Table {
        var entries: [LimitKey: Entry] = [:]
        /// Nothing is searched for forgettable entries before this size is reached again.
        var sweepAt = Limiter.firstSweep
    }

    private static let firstSweep = 4096

    private let policies: [LimitKind: LimitPolicy]
    private let table = Mutex(Table())

    package init(policies: [LimitKind: LimitPolicy]) {
        self.policies = policies
    }

    /// Checks every key and, only when all allow the call, counts it on every key.
    ///
    /// - Parameter now: nanoseconds of a monotonic clock.
    package func admit(_ keys: [LimitKey], now: Int64) -> LimitDecision {
        table.withLock { table in
            var violation: LimitViolation?
            for key in keys {
                guard let found = self.violation(of: key, table.entries[key], now) else { continue }
                if found.retryAfterSeconds > violation?.retryAfterSeconds ?? 0 { violation = found }
            }
            if let violation {
                return .refused(violation, keys.compactMap { state(of: $0, table.entries[$0], now) })
            }
            sweep(&table, now)
            return .admitted(keys.compactMap { take($0, &table.entries, now) })
        }
    }

    /// How the policies of these keys stand, without counting a call.
    package func states(of keys: [LimitKey], now: Int64) -> [LimitState] {
        table.withLock { table in keys.compactMap { state(of: $0, table.entries[$0], now) } }
    }

    /// The call has ended, however it ended.
    package func release(_ keys: [LimitKey]) {
        table.withLock { table in
            for key in keys { table.entries[key]?.inFlight -= 1 }
        }
    }

    /// Keys held in memory; for the metrics.
    package var size: Int { table.withLock { $0.entries.count } }

    // MARK: One key

    private func violation(of key: LimitKey, _ entry: Entry?, _ now: Int64) -> LimitViolation? {
        guard let entry, let policy = policies[key.kind] else { return nil }
        if let rate = policy.rate {
            let wait = entry.bucket.wait(rate, now: now)
            if wait > 0 {
                return LimitViolation(kind: key.kind, reason: .rate, retryAfterSeconds: seconds(wait))
            }
        }
        if let concurrency = policy.concurrency, entry.inFlight >= concurrency {
            return LimitViolation(kind: key.kind, reason: .concurrency, retryAfterSeconds: 1)
        }
        return nil
    }

    private func take(_ key: LimitKey, _ entries: inout [LimitKey: Entry], _ now: Int64) -> LimitState? {
        guard let policy = policies[key.kind] else { return nil }
        var entry = entries[key] ?? Entry(bucket: TokenBucket(full: now))
        if let rate = policy.rate { entry.bucket.take(rate, now: now) }
        entry.inFlight += 1
        entries[key] = entry
        return state(of: key, entry, now)
    }

    private func state(of key: LimitKey, _ entry: Entry?, _ now: Int64) -> LimitState? {
        guard let rate = policies[key.kind]?.rate else { return nil }
        let bucket = entry?.bucket ?? TokenBucket(full: now)
        return LimitState(
            kind: key.kind, policy: rate,
            remaining: bucket.remaining(rate, now: now),
            resetSeconds: bucket.untilFull(now: now) == 0 ? 0 : seconds(bucket.untilFull(now: now)))
    }

    private func seconds(_ nanoseconds: Int64) -> Int {
        max(1, Int(nanoseconds.adding(999_999_999) / 1_000_000_000))
    }

    /// Drops entries that are as good as new, so that the table follows those who call and not all who ever did.
    private func sweep(_ table: inout Table, _ now: Int64) {
        guard table.entries.count >= table.sweepAt else { return }
        table.entries = table.entries.filter { $0.value.inFlight > 0 || $0.value.bucket.untilFull(now: now) > 0 }
        table.sweepAt = max(Self.firstSweep, table.entries.count * 2)
    }
}
