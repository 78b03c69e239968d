// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore
import NIOEmbedded
import Testing

@testable import Gateway

struct DeadlineTimerTests {
    /// A timer on time that is moved by hand.
    private final class Clockwork {
        let loop = EmbeddedEventLoop()
        var timer = DeadlineTimer()
        var due = 0
        var timersMade = 0

        func set(after seconds: Int64) {
            timer.set(loop.now + .seconds(seconds), on: loop, fire: makeFire())
        }

        private func makeFire() -> @Sendable () -> Void {
            timersMade += 1
            let bound = NIOLoopBound(self, eventLoop: loop)
            return { bound.value.fired() }
        }

        private func fired() {
            if timer.isDue(now: loop.now, on: loop, fire: makeFire()) { due += 1 }
        }
    }

    @Test func firesOnceWhenDue() {
        let clockwork = Clockwork()
        clockwork.set(after: 5)
        clockwork.loop.advanceTime(by: .seconds(4))
        #expect(clockwork.due == 0)
        clockwork.loop.advanceTime(by: .seconds(1))
        #expect(clockwork.due == 1)
        clockwork.loop.advanceTime(by: .seconds(100))
        #expect(clockwork.due == 1)
    }

    @Test func movingItLaterMakesNoTimer() {
        let clockwork = Clockwork()
        for _ in 0..<100 {
            clockwork.set(after: 10)
            clockwork.loop.advanceTime(by: .milliseconds(50))
        }
        #expect(clockwork.timersMade == 1)
        clockwork.loop.advanceTime(by: .seconds(9))
        #expect(clockwork.due == 0)
        clockwork.loop.advanceTime(by: .seconds(1))
        #expect(clockwork.due == 1)
    }

    @Test func movesEarlier() {
        let clockwork = Clockwork()
        clockwork.set(after: 60)
        clockwork.set(after: 1)
        clockwork.loop.advanceTime(by: .seconds(1))
        #expect(clockwork.due == 1)
    }

    @Test func isClearedAndSetAgain() {
        let clockwork = Clockwork()
        clockwork.set(after: 1)
        clockwork.timer.clear()
        clockwork.loop.advanceTime(by: .seconds(2))
        #expect(clockwork.due == 0)
        clockwork.set(after: 1)
        clockwork.loop.advanceTime(by: .seconds(1))
        #expect(clockwork.due == 1)
    }

    @Test func isCancelled() {
        let clockwork = Clockwork()
        clockwork.set(after: 1)
        clockwork.timer.cancel()
        clockwork.loop.advanceTime(by: .seconds(2))
        #expect(clockwork.due == 0)
    }
}
