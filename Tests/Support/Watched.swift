// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation

/// A value that other threads change and a test waits on: every change wakes the waiters, no wait lasts for ever.
package final class Watched<Value: Sendable>: @unchecked Sendable {
    // Sound although unchecked: `value` is read and written only while `condition` is locked.
    private let condition = NSCondition()
    private var value: Value

    package init(_ value: Value) {
        self.value = value
    }

    package var current: Value {
        condition.lock()
        defer { condition.unlock() }
        return value
    }

    package func change<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        condition.lock()
        defer {
            condition.broadcast()
            condition.unlock()
        }
        return try body(&value)
    }

    /// Waits until `answer` is not nil for the current value. Must not be called on an event loop or a task: it blocks.
    package func blockingWait<Result>(
        for what: String, within limit: Duration, until answer: (Value) -> Result?
    ) throws -> Result {
        let deadline = Date(timeIntervalSinceNow: limit.seconds)
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = answer(value) { return result }
            if !condition.wait(until: deadline), answer(value) == nil { throw TimedOut(what: what, limit: limit) }
        }
    }

    /// The same for tasks: a thread waits, the task is suspended.
    package func wait<Result: Sendable>(
        for what: String, within limit: Duration = .seconds(20), until answer: @escaping @Sendable (Value) -> Result?
    ) async throws -> Result {
        try await onThread { try self.blockingWait(for: what, within: limit, until: answer) }
    }
}

/// What a test waited for in vain.
package struct TimedOut: Error, CustomStringConvertible {
    package let what: String
    package let limit: Duration

    package init(what: String, limit: Duration) {
        self.what = what
        self.limit = limit
    }

    package var description: String { "no \(what) within \(limit)" }
}

/// Runs blocking work on a thread of its own, so that servers living on the same small thread pool keep running.
package func onThread<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Swift.Result { try body() })
        }
    }
}

extension Duration {
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
