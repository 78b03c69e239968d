// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit

/// What whoever runs a command should know about the journal that it writes to. A gateway logs the same.
enum JournalWarning {
    /// On standard error. From any thread.
    static func show(_ event: JournalEvent) {
        text(of: event).map(write)
    }

    /// - Parameter isDurable: what stopping the journal said.
    static func show(atEndOf status: JournalStatus, isDurable: Bool) {
        text(refused: status.counts.refused, isDurable: isDurable).map(write)
    }

    /// Nil for what is as it should be.
    static func text(of event: JournalEvent) -> String? {
        switch event {
        case .becameUnavailable(let problem):
            "The audit journal is not available (\(problem)): nothing is done until it is."
        case .acceptsOutcomesOnly(let problem): "The audit journal takes nothing new (\(problem))."
        case .segmentFailed(let number, let problem):
            "Segment \(number) of the audit journal failed (\(problem)); what was not durable goes to the next one."
        case .checkpointFailed(let path, let reason):
            "A checkpoint of the audit journal could not be written (\(path): \(reason))."
        case .directoryRefused(let problem):
            "A directory of the audit journal does not take segments (\(problem)); they go to the second one."
        case .needsAttention(let text): text
        case .becameAvailable, .segmentOpened: nil
        }
    }

    static func text(refused: UInt64, isDurable: Bool) -> String? {
        if refused > 0 { return "The audit journal did not take \(refused) records. See `wego-gateway audit tail`." }
        return isDurable ? nil : "The end of the audit journal may not be on the disk; the next start finds out."
    }

    private static func write(_ text: String) {
        Terminal.write("wego-gateway: \(text)\n", to: .errors)
    }
}
