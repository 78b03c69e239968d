// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import ArgumentParser
import RateLimits

/// What the pictures of docs/limits.md are drawn from, as lines of comma separated values.
enum LimitFigure: String, ExpressibleByArgument, CaseIterable {
    case bucket
    case fairShare = "fair-share"

    var lines: String {
        switch self {
        case .bucket: Self.bucketLines
        case .fairShare: Self.fairShareLines
        }
    }

    /// 60 a minute, 10 at once: a burst of 14, a pause, then three calls every two seconds.
    private static var bucketLines: String {
        let limiter = Limiter()
        let window = RateWindow(permits: 60, period: .seconds(60), burst: 10)
        let alice = LimitSubjects(
            homeUser: LimitSubject(LimitKey(.homeUser, tenant: "t", name: "alice"), LimitPolicy(rate: window)))
        let burst = (0..<14).map { 2000 + $0 * 40 }
        let steady = (0..<30).map { 12_000 + $0 * 667 }
        var lines = "milliseconds,event,remaining\n"
        for time in (Array(stride(from: 0, through: 36_000, by: 100)) + burst + steady).sorted() {
            let now = Int64(time) * 1_000_000
            var event = "sample"
            if burst.contains(time) || steady.contains(time) {
                let decision = limiter.admit(LimitRequest(alice), now: now)
                if decision.isAdmitted { limiter.release(alice, taken: decision.taken) }
                event = decision.isAdmitted ? "admitted" : "refused"
            }
            let remaining = limiter.standing(of: alice, now: now).states.first?.remaining ?? 0
            lines += "\(time),\(event),\(remaining)\n"
        }
        return lines
    }

    /// 50 home users who ask for four fifths of their share, and from the 30th second to the 90th one who asks for 20 shares.
    private static var fairShareLines: String {
        var lines = "second,mode,others,greedy\n"
        for isFair in [true, false] {
            var chance = RepeatableChance(seed: 1)
            let outcome = FairShareSimulation.oneGreedyUser(isFair: isFair).run(&chance)
            for (second, went) in outcome.seconds.enumerated() {
                let others = went.dropLast().reduce(0, +)
                lines += "\(second),\(isFair ? "fair" : "unfair"),\(others),\(went.last ?? 0)\n"
            }
        }
        return lines
    }
}
