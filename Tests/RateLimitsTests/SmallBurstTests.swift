// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

/// Fair shares of a consumer that lets few calls go at once, with users who do not wait: they lose calls that happen to meet,
/// so what counts is what they get beside somebody greedy against what they get without.
struct SmallBurstTests {
    /// 40 calls a second. All but the last ask for four fifths of their share, the last for twenty times its share.
    private func others(_ users: Int, burst: Int, greedy: Bool, isFair: Bool = true, seed: UInt64) -> Double {
        let share = 40_000 / users
        var list = (1..<users).map { FairShareSimulation.User("user\($0)", callsPerThousandSeconds: share * 4 / 5) }
        if greedy { list.append(FairShareSimulation.User("greedy", callsPerThousandSeconds: share * 20)) }
        let consumer = LimitPolicy(rate: perMinute(2400, burst: burst))
        var simulation = FairShareSimulation(users: list, consumer: consumer, duration: 200)
        simulation.isFair = isFair
        var random = SplitMix64(state: seed)
        return Double(simulation.run(&random).went[..<(users - 1)].reduce(0, +))
    }

    /// Of what the others get without a greedy user and without fair shares.
    private func kept(_ users: Int, burst: Int, seed: UInt64) -> Double {
        others(users, burst: burst, greedy: true, seed: seed)
            / others(users, burst: burst, greedy: false, isFair: false, seed: seed)
    }

    @Test(arguments: [4, 10], [3, 11, 51])
    func theOthersKeepNineTenths(burst: Int, users: Int) {
        for seed in 0..<2 as Range<UInt64> {
            let kept = kept(users, burst: burst, seed: seed)
            #expect(kept >= 0.9, "\(kept)")
        }
    }

    /// Below the least burst, only many can: a call of each in two or three is lost to the greedy one's own share.
    @Test(arguments: [1, 2, 3])
    func belowTheLeastBurstTwentyOthersDo(burst: Int) {
        #expect(burst < FairShare.leastBurst)
        for seed in 0..<2 as Range<UInt64> {
            let kept = kept(21, burst: burst, seed: seed)
            #expect(kept >= 0.9, "\(kept)")
        }
        #expect(kept(3, burst: 1, seed: 0) < 0.9)
    }

    @Test func withoutFairSharesTheyLoseMostOfIt() {
        for burst in [1, 4, 10] {
            let beside = others(11, burst: burst, greedy: true, isFair: false, seed: 0)
            #expect(beside < 0.5 * others(11, burst: burst, greedy: false, isFair: false, seed: 0))
        }
    }
}
