// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Synchronization

/// Calls that a policy in shadow mode would have refused.
package struct ShadowRefusal: Sendable {
    /// Of the first of them.
    package let violation: LimitViolation
    package let subject: LimitKey?

    /// That came since the last one told of the same kind, this one included.
    package let count: Int
}

/// Such calls that are still to be told of: not under a lock, since a log may block.
typealias ShadowNotes = [(violations: LimitViolations, subjects: LimitSubjects)]

/// Tells of at most one such call a second and kind: a flood must not become a flood of log lines.
final class ShadowLog: Sendable {
    private struct OfKind {
        var count = 0
        var nextTime = Int64.min
    }

    private let tell: @Sendable (ShadowRefusal) -> Void
    private let kinds = Mutex<[LimitKind: OfKind]>([:])

    init(_ tell: @escaping @Sendable (ShadowRefusal) -> Void) {
        self.tell = tell
    }

    func note(_ notes: ShadowNotes, _ now: Int64) {
        for (violations, subjects) in notes { note(violations, subjects, now) }
    }

    func note(_ violations: LimitViolations, _ subjects: LimitSubjects, _ now: Int64) {
        var known: LimitKinds = []
        for violation in violations.all where !known.contains(violation.kind) {
            known.insert(LimitKinds(violation.kind))
            guard let count = count(violation.kind, now) else { continue }
            tell(ShadowRefusal(violation: violation, subject: subjects[violation.kind]?.key, count: count))
        }
    }

    /// Nil when it is too early to tell.
    private func count(_ kind: LimitKind, _ now: Int64) -> Int? {
        kinds.withLock { kinds in
            kinds[kind, default: OfKind()].count += 1
            guard let entry = kinds[kind], entry.nextTime <= now else { return nil }
            kinds[kind] = OfKind(nextTime: now + LimitTime.second)
            return entry.count
        }
    }
}
