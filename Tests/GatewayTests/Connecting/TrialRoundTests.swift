// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody
import Testing

@testable import Gateway

struct TrialRoundTests {
    private func users(_ names: String) throws -> [HomeUser] {
        try names.map {
            HomeUser(
                tenant: try #require(TenantName("t")), name: try #require(HomeUserName(String($0))),
                consumer: try #require(ConsumerName("c")), isDeveloper: false, state: .active, reason: nil, since: 0,
                created: 0, credentialVersion: 1)
        }
    }

    @Test func everybodyHasATurn() throws {
        var round = TrialRound()
        func next(_ names: String) throws -> String {
            round.next(of: try users(names), atMost: 2).map(\.name.rawValue).joined()
        }
        #expect(try next("abcde") == "ab")
        #expect(try next("abcde") == "cd")
        #expect(try next("abcde") == "ea")
        // Some are settled meanwhile.
        #expect(try next("ce") == "ce")
        #expect(try next("ab") == "ab")
        #expect(try next("a") == "a")
        #expect(try next("") == "")
        #expect(try next("abcde") == "bc")
    }
}
