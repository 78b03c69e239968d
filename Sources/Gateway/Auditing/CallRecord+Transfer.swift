// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Curl

extension CallRecord {
    /// An attempt has ended. One of them is enough for the call to have left.
    mutating func note(_ outcome: Result<TransferResponse, TransferFailure>) {
        if case .failure(let failure) = outcome, failure.wire == .notSent { return }
        mayHaveLeft = true
    }
}
