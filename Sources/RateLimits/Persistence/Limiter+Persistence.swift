// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One moment on both clocks, in nanoseconds.
package struct LimitMoment: Sendable, Equatable {
    /// Of the limiter's clock.
    package let monotonic: Int64

    /// Since 1970.
    package let wall: Int64

    package init(monotonic: Int64, wall: Int64) {
        self.monotonic = monotonic
        self.wall = wall
    }
}

extension Limiter {
    /// Grows with every call that `records` would tell of.
    package var keptChanges: UInt64 { state.withLock { $0.keptChanges } }

    /// What is owed on long windows. Takes the lock piece by piece: calls go on meanwhile.
    package func records(_ moment: LimitMoment) -> LimitRecords {
        var records: [LimitRecord] = []
        var piece = 0
        while state.withLock({ $0.collect(piece: piece, moment, into: &records) }) { piece += 1 }
        return LimitRecords(written: moment.wall, records: records)
    }

    /// Takes over what an earlier process wrote. A wall clock that stands before the time of writing counts as that time,
    /// so that setting it back hands out nothing.
    package func restore(_ records: LimitRecords, _ moment: LimitMoment) {
        let wall = max(moment.wall, records.written)
        let byKey = Dictionary(grouping: records.records, by: \.key)
        state.withLock { state in
            for (key, records) in byKey { state.restore(key, records, wall: wall, moment.monotonic) }
        }
    }

    /// Counts a call that was made before `moment`, as an earlier process has. For what it did after it last wrote.
    package func recount(_ subjects: LimitSubjects, at wall: Int64, _ moment: LimitMoment) {
        let time = moment.monotonic - max(0, moment.wall - wall)
        state.withLock { state in
            for kind in LimitKind.allCases {
                guard let subject = subjects[kind] else { continue }
                state.recount(subject, time)
            }
        }
    }
}

extension Limiter.State {
    /// False behind the last piece.
    fileprivate func collect(piece: Int, _ moment: LimitMoment, into records: inout [LimitRecord]) -> Bool {
        guard let slots = table.identifiers(ofPiece: piece) else { return false }
        for slot in slots {
            guard table.policy(of: slot).isKept, let key = table.key(of: slot) else { continue }
            let ahead = table[slot].ahead(moment.monotonic)
            for (lane, window) in table.policySource(of: slot).windows.enumerated()
            where ahead[lane] > 0 && LimitRecord.isWorthKeeping(window) {
                records.append(LimitRecord(key: key, window: window, arrival: moment.wall.adding(ahead[lane])))
            }
        }
        return true
    }

    /// The earlier process had room for the call, but for what clocks differ by; so nobody owes more than all of a window.
    /// One that a policy in shadow mode had no room for was not counted on it.
    fileprivate mutating func recount(_ subject: LimitSubject, _ time: Int64) {
        let slot = table.slot(of: subject, time)
        let policy = table.policy(of: slot)
        let full = policy.tolerances &+ policy.intervals
        guard !policy.isShadow || all(table[slot].ahead(time) .<= policy.tolerances) else { return }
        let most = pointwiseMax(table[slot].arrivals, SIMD4(repeating: time) &+ full)
        table[slot].take(policy.intervals, now: time)
        table[slot].arrivals = pointwiseMin(table[slot].arrivals, most)
    }

    fileprivate mutating func restore(_ key: LimitKey, _ records: [LimitRecord], wall: Int64, _ now: Int64) {
        // The policy of that time; the one in force is adopted with the first call.
        let records = records.prefix(LimitPolicy.maximumWindows)
        let policy = LimitPolicy(windows: records.map(\.window))
        let slot = table.find(key) ?? table.add(key, policy)
        var ahead = SIMD4<Int64>(repeating: 0)
        for (lane, record) in records.enumerated() {
            ahead[lane] = min(max(0, record.arrival - wall), record.window.refillTime)
        }
        let carried = table.policySource(of: slot).carry(ahead, from: policy)
        table[slot].arrivals = pointwiseMax(table[slot].arrivals, SIMD4(repeating: now) &+ carried)
    }
}
