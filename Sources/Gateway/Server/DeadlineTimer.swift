// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import NIOCore

/// One deadline that is moved often and met rarely. Moving it later costs nothing: the timer looks when it fires.
struct DeadlineTimer {
    private var deadline: NIODeadline?
    private var scheduled: (at: NIODeadline, task: Scheduled<Void>)?

    /// Sets or moves the deadline. `fire` asks `isDue` and acts if it is; it is made only when a timer must be started.
    mutating func set(
        _ deadline: NIODeadline, on eventLoop: any EventLoop, fire: @autoclosure () -> @Sendable () -> Void
    ) {
        self.deadline = deadline
        if let scheduled, scheduled.at <= deadline { return }
        scheduled?.task.cancel()
        scheduled = (deadline, eventLoop.scheduleTask(deadline: deadline, fire()))
    }

    /// Called when the timer fired: true when the deadline has passed; else waits for the rest of it.
    mutating func isDue(
        now: NIODeadline, on eventLoop: any EventLoop, fire: @autoclosure () -> @Sendable () -> Void
    ) -> Bool {
        scheduled = nil
        guard let deadline else { return false }
        if deadline <= now { return true }
        set(deadline, on: eventLoop, fire: fire())
        return false
    }

    /// No deadline for now. A timer that runs is left to run out.
    mutating func clear() {
        deadline = nil
    }

    /// No deadline ever again.
    mutating func cancel() {
        deadline = nil
        scheduled?.task.cancel()
        scheduled = nil
    }
}
