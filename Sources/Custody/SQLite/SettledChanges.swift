// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What the store changed about a home user by itself, because a process had died or the database had failed before.
package struct SettledChange: Sendable {
    package enum Cause: Sendable {
        /// Whoever was creating the user is gone.
        case creatorIsGone
        /// An answer that the database had not taken was moved into the quarantine.
        case answerTakenIn
    }

    package let cause: Cause
    package let before: HomeUserAccess
    package let after: HomeUserAccess
}

/// Keeps such changes until somebody asks for them, and hands on those that come later.
struct SettledChanges {
    /// Creations are limited in number, and so are answers that wait; this is far more than both.
    private static let maximumCount = 10_000

    /// Nothing is settled before: where it is recorded may not be open.
    var mayBegin = false

    private var waiting: [SettledChange] = []
    private var observer: (@Sendable (SettledChange) -> Void)?

    /// - Returns: whom to tell, outside of any lock; nil when the change waits.
    mutating func add(_ change: SettledChange) -> (@Sendable (SettledChange) -> Void)? {
        if let observer { return observer }
        if waiting.count < Self.maximumCount { waiting.append(change) }
        return nil
    }

    mutating func begin(_ observer: @escaping @Sendable (SettledChange) -> Void) -> [SettledChange] {
        self.observer = observer
        defer { waiting = [] }
        return waiting
    }
}
