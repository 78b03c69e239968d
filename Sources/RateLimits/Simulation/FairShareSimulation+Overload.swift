// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension FairShareSimulation {
    /// Home users beside the greedy one, who comes last.
    package static let others = 50

    /// Two minutes of a consumer with 40 calls a second: fifty home users ask for four fifths of their share, and between two
    /// moments another one for twenty times its share.
    package static func oneGreedyUser(isFair: Bool, greedy: Range<Int>? = 30..<90) -> FairShareSimulation {
        let share = 40_000 / (others + 1)
        var users = (0..<others).map { User("user\($0)", callsPerThousandSeconds: share * 4 / 5) }
        users.append(User("greedy", callsPerThousandSeconds: share * 20, active: greedy ?? 0..<0))
        let rate = RateWindow(permits: 2400, period: .seconds(60), burst: 400)
        var simulation = FairShareSimulation(users: users, consumer: LimitPolicy(rate: rate), duration: 120)
        simulation.isFair = isFair
        return simulation
    }
}
