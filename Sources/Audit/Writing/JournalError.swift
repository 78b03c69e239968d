// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Why an append was not done.
package enum JournalError: Error, Sendable, Equatable {
    /// Nothing can be recorded now; the journal goes on by itself when it can.
    case unavailable(JournalProblem)

    /// A member of the record passes a limit. Nothing was appended.
    case invalid(member: String, reason: String)

    /// An outcome without an open intent.
    case unknownIntent(requestID: String)

    /// An intent with the request id of an intent that is still open.
    case duplicateIntent(requestID: String)

    /// More calls in flight than `maximumOpenIntents`.
    case tooManyOpenIntents(limit: Int)

    case stopped
}

/// What keeps a journal from recording: which file or directory, and why.
package struct JournalProblem: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        case full, failed, stalled, altered
    }

    package let kind: Kind
    package let path: String
    package let reason: String

    package var description: String { "\(path): \(reason)" }

    init(kind: Kind, path: String, reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    init(_ error: DiskError, path: String) {
        self.init(kind: error.isFull ? .full : .failed, path: path, reason: error.description)
    }
}

/// Why a journal could not be opened or read.
package enum JournalOpenError: Error, Sendable, Equatable {
    case directory(path: String, reason: String)

    /// Another process holds the journal.
    case inUse(path: String)

    /// Records are not what was written; `line` counts from 1, 0 stands for the file as a whole.
    case damaged(segment: String, line: Int, reason: String)
    case key(path: String, reason: String)
    case io(path: String, reason: String)
    case configuration(reason: String)

    package var explanation: String {
        switch self {
        case .directory(let path, let reason): "the audit directory \(path) cannot be used: \(reason)"
        case .inUse(let path): "another gateway writes to this journal (it holds \(path)); stop it first"
        case .damaged(let segment, let line, let reason):
            "the audit journal is damaged in \(segment)" + (line > 0 ? ", line \(line)" : "") + ": \(reason). "
                + "Keep the directory as it is for inspection (`audit verify`) and start with a new one"
        case .key(let path, let reason): "the audit key \(path) cannot be used: \(reason)"
        case .io(let path, let reason): "\(path): \(reason)"
        case .configuration(let reason): reason
        }
    }
}
