// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Custody

extension RequestPipeline {
    /// Why a call that was let in must not be sent, or sent again, after all; nil when nothing stands against it.
    ///
    /// A call waits for its intent to be on the disk, and a second attempt for the first: what custody forgot or held back
    /// meanwhile must not be used.
    func objection(to outgoing: Outgoing) -> GatewayError? {
        let snapshot = services.custody.snapshot
        guard snapshot.generation != outgoing.generation else { return nil }
        do throws(GatewayError) {
            let principal = try outgoing.principal.renewed(in: snapshot)
            try principal.require(outgoing.call.requiredScope)
            guard let old = outgoing.user?.user else { return nil }
            let user = try principal.homeUser(old.name.rawValue, in: snapshot).user
            guard user.state.isUsable else {
                return .userUnusable(name: user.name.rawValue, state: user.state.rawValue, reason: user.reason)
            }
            return user.credentialVersion == old.credentialVersion
                ? nil : .credentialUnavailable(name: user.name.rawValue)
        } catch {
            return error
        }
    }
}
