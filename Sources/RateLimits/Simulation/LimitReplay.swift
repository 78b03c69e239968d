// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A call of the past, or one made up.
package struct ReplayedCall: Sendable, Equatable {
    /// Nanoseconds from any beginning; not negative.
    package var time: Int64
    package var homeUser: LimitKey?
    package var caller: LimitKey?
    package var tenant: LimitKey?
    package var consumer: LimitKey?

    /// Nanoseconds; nil if it is not known how long the call was in flight.
    package var duration: Int64?
    package var priority = CallPriority.interactive

    package init(time: Int64) {
        self.time = time
    }
}

/// Asks a limiter of its own what it would have said to calls of the past.
package struct LimitReplay {
    package struct Result: Sendable, Equatable {
        package var calls = 0
        package var refused = 0

        /// Refused calls by what refused them; a call may count for several.
        package var byLimit: [LimitViolation: Int] = [:]

        /// Refused calls by home user (or caller, for calls for nobody).
        package var bySubject: [LimitKey: Int] = [:]

        /// Calls by the same.
        package var callsBySubject: [LimitKey: Int] = [:]
    }

    private struct Running {
        let end: Int64
        let subjects: LimitSubjects
        let taken: LimitKinds
    }

    package private(set) var result = Result()
    private let limiter: Limiter
    private let policy: (LimitKey) -> LimitPolicy
    private var subjects: [LimitKey: LimitSubject] = [:]

    /// By the time they end, latest first.
    private var running: [Running] = []

    /// - Parameter policy: what holds for a key. Policies in shadow mode refuse nothing here either.
    package init(fairShare: Bool, policy: @escaping (LimitKey) -> LimitPolicy) {
        limiter = Limiter(fairShare: fairShare)
        self.policy = policy
    }

    /// Calls must come in the order of their times.
    @discardableResult
    package mutating func replay(_ call: ReplayedCall) -> LimitDecision {
        while let last = running.last, last.end <= call.time {
            limiter.release(last.subjects, taken: last.taken)
            running.removeLast()
        }
        let subjects = LimitSubjects(
            homeUser: subject(call.homeUser), caller: subject(call.caller), tenant: subject(call.tenant),
            consumer: subject(call.consumer))
        let decision = limiter.admit(LimitRequest(subjects, priority: call.priority), now: call.time)
        count(decision, of: call.homeUser ?? call.caller)
        guard decision.isAdmitted else { return decision }
        let end = call.time.adding(call.duration ?? 0)
        let index = running.firstIndex { $0.end <= end } ?? running.endIndex
        running.insert(Running(end: end, subjects: subjects, taken: decision.taken), at: index)
        return decision
    }

    private mutating func subject(_ key: LimitKey?) -> LimitSubject? {
        guard let key else { return nil }
        if let known = subjects[key] { return known }
        let subject = LimitSubject(key, policy(key))
        subjects[key] = subject
        return subject
    }

    private mutating func count(_ decision: LimitDecision, of key: LimitKey?) {
        result.calls += 1
        if let key { result.callsBySubject[key, default: 0] += 1 }
        guard !decision.isAdmitted else { return }
        result.refused += 1
        if let key { result.bySubject[key, default: 0] += 1 }
        for violation in decision.violations.all { result.byLimit[violation, default: 0] += 1 }
    }
}
