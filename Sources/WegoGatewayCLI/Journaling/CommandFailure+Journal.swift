// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import AuditIndex

extension CommandFailure {
    /// Damage is tampering until somebody has found out otherwise; anything else is something that is missing or held.
    init(_ error: JournalOpenError) {
        switch error {
        case .directory(let path, let reason):
            self.init(
                .unavailable, "The audit directory \(path) cannot be used: \(reason).",
                next: "Put it right, or choose another one with audit.directory or audit.second_directory.")
        case .inUse(let path):
            self.init(
                .unavailable, "Another gateway writes to this audit journal (it holds \(path)).",
                next: "Stop that one first, or give this one a directory of its own with audit.directory.")
        case .damaged(let segment, let line, let reason):
            let place = line > 0 ? "\(segment), line \(line)" : segment
            self.init(
                .checkFailed, "The audit journal is damaged in \(place): \(reason).",
                next:
                    "Nothing was changed. Look with `wego-gateway audit verify`, keep the directory as it is, find out who "
                    + "wrote to it, and start with a new audit.directory; a new audit.second_directory and "
                    + "audit.checkpoint_copies, too, if they are set.")
        case .key(let path, let reason):
            self.init(
                .unavailable, "The audit key \(path) cannot be used: \(reason).",
                next: "Restore it, or correct audit.key; no other key continues this journal.")
        case .io(let path, let reason):
            self.init(
                .unavailable, "The audit journal cannot be used: \(path): \(reason).",
                next: "Make room, or put the disk right, and try again.")
        case .configuration(let reason):
            self.init(.usage, "The audit journal cannot be opened: \(reason).")
        }
    }

    init(_ error: AuditIndexError) {
        switch error {
        case .journal(let error): self.init(error)
        case .database(let path, let reason):
            self.init(
                .unavailable, "The audit index \(path) cannot be used: \(reason).",
                next: "It holds nothing of its own: delete it, or name another file with --index.")
        }
    }
}
