// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody

/// A call that destroys a home user upstream, seen from the store: a definite success erases the user's key here too.
struct HomeUserDestruction: Sendable {
    let name: HomeUserName
    let tenant: TenantName

    /// Blocks: for `CustodyWorker` only.
    func settle(
        _ outcome: Result<TransferResponse, TransferFailure>, requestID: String, _ custody: any CustodyStore,
        _ record: LifeCycleRecord
    ) -> Settlement {
        do throws(CustodyError) {
            switch CallVerdict(outcome) {
            case .carriedOut:
                try record.recording(.destroy, .caller, of: name, in: tenant, custody) { () throws(CustodyError) in
                    _ = try custody.destroyHomeUser(name, in: tenant)
                }
            case .unknown:
                try record.recording(.unknown, .gateway, of: name, in: tenant, custody) { () throws(CustodyError) in
                    _ = try custody.markDestructionUnknown(name, in: tenant, requestID: requestID)
                }
            case .notCarriedOut: break
            }
            return .unchanged
        } catch {
            // The lost answer is told as such already; that of a success would claim too much.
            guard case .carriedOut = CallVerdict(outcome) else { return .unchanged }
            return .failed(.credentialNotErased(name: name.rawValue))
        }
    }
}
