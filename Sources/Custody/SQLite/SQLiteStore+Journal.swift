// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// What the audit journal needs and must not keep beside its records.
extension SQLiteStore {
    /// The key behind the names under which home users stand in the journal: random, made when it is asked for the
    /// first time, sealed under the root key. Whoever loses the store cannot tell any more who is meant by one.
    package func pseudonymKey() throws(CustodyError) -> Secret {
        if let known = try read({ try $0.pseudonymKey() }) { return known }
        return try commit { try $0.makePseudonymKey() }
    }

    /// What was noted of the configuration of the last start; empty before the first. The key must have been asked for.
    package func notedConfiguration() throws(CustodyError) -> String {
        try read { try $0.notedConfiguration() }
    }

    package func noteConfiguration(_ text: String) throws(CustodyError) {
        try commit { try $0.noteConfiguration(text) }
    }
}
