// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// One line of the journal, before it gets its place in the chain.
package struct JournalRecord: Sendable, Equatable {
    /// The value of `"v"`. A reader refuses versions it does not know.
    package static let schemaVersion = 1

    /// Microseconds since 1970-01-01T00:00:00Z, as the clock said; `seq` gives the order, whatever the clock did.
    package var time: Int64
    package var content: Content

    package init(time: Int64, content: Content) {
        self.time = time
        self.content = content
    }

    package enum Content: Sendable, Equatable {
        case intent(CallIntent)
        case outcome(CallOutcome)
        case denied(DeniedCalls)
        case admin(AdminEvent)
        case start(GatewayStart)
        case stop(reason: String)
        case recovered(RecoveryNote)
        case segment(SegmentHeader)
    }

    package enum Kind: String, Sendable, CaseIterable {
        case intent, outcome, denied, admin, start, stop, recovered, segment
    }

    package var kind: Kind {
        switch content {
        case .intent: .intent
        case .outcome: .outcome
        case .denied: .denied
        case .admin: .admin
        case .start: .start
        case .stop: .stop
        case .recovered: .recovered
        case .segment: .segment
        }
    }

    /// It says what cannot be undone by not recording it: unlike an intent, the beginning of a change, or a refusal.
    var hasHappened: Bool {
        switch content {
        case .outcome: true
        case .admin(let event): event.result != .begun
        case .intent, .denied, .start, .stop, .recovered, .segment: false
        }
    }
}
