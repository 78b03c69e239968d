// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import RateLimits
import Testing

struct LimitReplayTests {
    private func call(_ time: Int64, _ user: String, lasting duration: Int64? = nil) -> ReplayedCall {
        var call = ReplayedCall(time: time)
        call.homeUser = key(.homeUser, user)
        call.caller = key(.caller, "backend")
        call.duration = duration
        return call
    }

    @Test func tellsWhomAPolicyWouldHaveRefused() {
        var replay = LimitReplay(fairShare: false) { key in
            key.kind == .homeUser ? LimitPolicy(rate: perMinute(60, burst: 2)) : .unlimited
        }
        for number in 0..<5 { replay.replay(call(Int64(number), "alice")) }
        replay.replay(call(6, "bob"))
        replay.replay(call(2 * second, "alice"))
        #expect(replay.result.calls == 7)
        #expect(replay.result.refused == 3)
        #expect(replay.result.byLimit == [LimitViolation(.homeUser, .rate(window: 0)): 3])
        #expect(replay.result.bySubject == [key(.homeUser, "alice"): 3])
        #expect(replay.result.callsBySubject[key(.homeUser, "alice")] == 6)
    }

    @Test func callsThatTookTimeAreInFlight() {
        var replay = LimitReplay(fairShare: false) { key in
            key.kind == .homeUser ? LimitPolicy(concurrency: 2) : .unlimited
        }
        for time in [0, 1, 2] as [Int64] { replay.replay(call(time, "alice", lasting: 10)) }
        replay.replay(call(10, "alice", lasting: 10))
        replay.replay(call(10, "alice", lasting: 10))
        #expect(replay.result.byLimit == [LimitViolation(.homeUser, .concurrency): 2])
    }
}
