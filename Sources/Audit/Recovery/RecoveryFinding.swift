// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Something a start has noticed that is no damage: recorded with `reason`, told with `text`.
struct RecoveryFinding: Equatable {
    let reason: String
    let text: String

    static func unsigned(records: UInt64) -> RecoveryFinding {
        RecoveryFinding(
            reason: "unsigned: \(records) records",
            text:
                "No checkpoint was signed for the last \(records) records of the audit journal. Unless checkpoints "
                + "could not be written, somebody may have cut them off and changed these records.")
    }

    static let missingCheckpoints = RecoveryFinding(
        reason: "missing checkpoints",
        text:
            "The last checkpoints of the audit journal are not there any more. The records are those that were "
            + "signed for, but unless the checkpoints could not be written, somebody has cut them off.")

    static let noRecords = RecoveryFinding(
        reason: "no records",
        text:
            "The key of the audit journal is there, but no record: a new journal begins. Unless its directory is "
            + "new, the journal before was removed.")

    static func former(_ records: UInt64, in directories: [String]) -> RecoveryFinding {
        RecoveryFinding(
            reason: "new directory",
            text: "A new audit journal begins. The one before it has \(records) records or more, in "
                + "\(directories.joined(separator: " and ")). Unless a new one is wanted, stop and name those again.")
    }

    static let unreadableBookmark = RecoveryFinding(
        reason: "unreadable \(JournalBookmark.name)",
        text: "The note of where the audit journal ended (\(JournalBookmark.name)) is damaged, so that nothing tells "
            + "whether its end is still there.")
}
