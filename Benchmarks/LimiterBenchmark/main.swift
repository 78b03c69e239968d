// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

// What one decision of the limiter costs. See Benchmarks/README.md; Benchmarks/limiter builds and runs it.

import Foundation
import RateLimits

/// Calls over 10 000 home users of one consumer, all limits on, so that no two in a row touch the same ones.
struct Calls {
    let limiter: Limiter
    private let subjects: [LimitSubjects]

    init(_ policy: LimitPolicy, users: Int = 10_000, fairShare: Bool = true) {
        limiter = Limiter(fairShare: fairShare)
        let caller = LimitSubject(LimitKey(.caller, tenant: "acme", name: "backend"), policy)
        let tenant = LimitSubject(LimitKey(.tenant, tenant: "acme", name: "acme"), policy)
        let consumer = LimitSubject(LimitKey(.consumer, tenant: "acme", name: "main"), policy)
        subjects = (0..<users).map { number in
            let user = LimitSubject(LimitKey(.homeUser, tenant: "acme", name: "home-user-number-\(number)"), policy)
            return LimitSubjects(homeUser: user, caller: caller, tenant: tenant, consumer: consumer)
        }
    }

    /// Nanoseconds per decision, of the best round and of the one in the middle. Rounds are short, a call of each home user, so
    /// that some are left alone by whatever else runs.
    func measure(_ count: Int, ends: Bool) -> (best: Double, median: Double) {
        var now: Int64 = 1
        var rounds: [Double] = []
        rounds.reserveCapacity(max(1, 7 * count / subjects.count))
        for _ in 0..<max(1, 7 * count / subjects.count) {
            let start = ContinuousClock.now
            for number in subjects.indices {
                now += 1000
                let subjects = subjects[number]
                let decision = limiter.admit(LimitRequest(subjects), now: now)
                if ends && decision.isAdmitted { limiter.release(subjects, taken: decision.taken) }
            }
            rounds.append((ContinuousClock.now - start) / .nanoseconds(1) / Double(subjects.count))
        }
        rounds.sort()
        return (rounds[0], rounds[rounds.count / 2])
    }
}

func report(_ what: String, _ value: Double, _ unit: String) {
    print(what.padding(toLength: 60, withPad: " ", startingAt: 0) + String(format: "%8.0f ", value) + unit)
}

func report(_ what: String, _ value: (best: Double, median: Double), _ unit: String) {
    report(what, value.best, unit + String(format: " (median %.0f)", value.median))
}

/// MiB that this process holds.
func resident() -> Double {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
    return Double(fields?.dropFirst().first ?? "0").map { $0 * 4096 / 1_048_576 } ?? 0
}

let arguments = CommandLine.arguments
let count = arguments.count > 1 ? Int(arguments[1]) ?? 0 : 2_000_000
let isBare = arguments.contains("--bare")
let wide = RateWindow(permits: 1_000_000_000, period: .seconds(1), burst: 1_000_000)
let windows =
    [wide] + [60, 3600, 86_400].map { RateWindow(permits: 1_000_000_000, period: .seconds($0), burst: 500_000_000) }
let one = LimitPolicy(windows: [wide], concurrency: 1000)

report("decision, four keys, one window each", Calls(one).measure(count, ends: true), "ns, with its end")
guard !isBare else { exit(0) }
report(
    "decision, four keys, four windows each",
    Calls(LimitPolicy(windows: windows, concurrency: 1000)).measure(count, ends: true), "ns, with its end")
report("the same without fair shares", Calls(one, fairShare: false).measure(count, ends: true), "ns, with its end")
let narrow = LimitPolicy(windows: [RateWindow(permits: 1, period: .seconds(86_400), burst: 1)])
report("refusal, four keys", Calls(narrow).measure(count, ends: true), "ns")

let before = resident()
let crowd = Limiter()
let daily = LimitPolicy(windows: [RateWindow(permits: 1000, period: .seconds(86_400), burst: 1000)])
let consumer = LimitSubject(LimitKey(.consumer, tenant: "acme", name: "main"), one)
var now: Int64 = 1
for number in 0..<1_000_000 {
    now += 100_000
    let user = LimitSubject(LimitKey(.homeUser, tenant: "acme", name: "home-user-number-\(number)"), daily)
    let subjects = LimitSubjects(homeUser: user, consumer: consumer)
    let decision = crowd.admit(LimitRequest(subjects), now: now)
    if decision.isAdmitted { crowd.release(subjects, taken: decision.taken) }
}
report("a million distinct home users: growth of resident memory", resident() - before, "MiB")
report("of which the table counts itself", Double(crowd.memory) / 1_048_576, "MiB")
let start = ContinuousClock.now
let bytes = crowd.records(LimitMoment(monotonic: now, wall: 0)).encoded().count
report("encoding their daily windows", (ContinuousClock.now - start) / .milliseconds(1), "ms")
report("which are", Double(bytes) / 1_048_576, "MiB")
