// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit

/// Why an index could not be built or asked.
package enum AuditIndexError: Error, Sendable, Equatable {
    case database(path: String, reason: String)
    case journal(JournalOpenError)

    package var explanation: String {
        switch self {
        case .database(let path, let reason):
            "the audit index \(path) cannot be used: \(reason); it holds nothing of its own and can be made anew"
        case .journal(let error): error.explanation
        }
    }
}
