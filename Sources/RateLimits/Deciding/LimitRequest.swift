// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One call that asks to go.
package struct LimitRequest: Sendable {
    package var subjects: LimitSubjects
    package var priority: CallPriority

    /// False while calls wait for the same consumer: then a call beyond its fair share does not go before them.
    package var mayOvertake: Bool

    package init(_ subjects: LimitSubjects, priority: CallPriority = .interactive, mayOvertake: Bool = true) {
        self.subjects = subjects
        self.priority = priority
        self.mayOvertake = mayOvertake
    }
}
