// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl
import Custody

/// A call that destroys a home user upstream, seen from the store: a definite success erases the user's key here too.
struct HomeUserDestruction: Sendable {
    let name: HomeUserName
    let tenant: TenantName

    /// Of the credential that signs the call; a newer one is not what was destroyed.
    private let credentialVersion: Int

    init(of user: HomeUser) {
        name = user.name
        tenant = user.tenant
        credentialVersion = user.credentialVersion
    }

    /// Blocks: for `CustodyWorker` only.
    func settle(
        _ outcome: Result<TransferResponse, TransferFailure>, requestID: String, _ custody: any CustodyStore,
        _ record: LifeCycleRecord
    ) -> Settlement {
        do throws(CustodyError) {
            switch Self.verdict(outcome) {
            case .carriedOut:
                try record.recording(.destroy, .caller, of: name, in: tenant, custody) { () throws(CustodyError) in
                    _ = try custody.destroyHomeUser(name, in: tenant, credentialVersion: credentialVersion)
                }
            case .unknown:
                try record.recording(.unknown, .gateway, of: name, in: tenant, custody) { () throws(CustodyError) in
                    _ = try custody.markDestructionUnknown(
                        name, in: tenant, credentialVersion: credentialVersion, requestID: requestID)
                }
            case .notCarriedOut: break
            }
            return .unchanged
        } catch {
            // The lost answer is told as such already; that of a success would claim too much.
            guard case .carriedOut = Self.verdict(outcome) else { return .unchanged }
            return .failed(.credentialNotErased(name: name.rawValue))
        }
    }

    /// A 503 that says when to come back is a no: a user who is gone all the same shows by the next call's 401.
    private static func verdict(_ outcome: Result<TransferResponse, TransferFailure>) -> CallVerdict {
        if case .success(let response) = outcome, response.status == 503, response.head.first("retry-after") != nil {
            return .notCarriedOut
        }
        return CallVerdict(outcome)
    }
}
