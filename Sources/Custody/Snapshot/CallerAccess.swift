// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// A caller as the hot path sees it.
package final class CallerAccess: Sendable {
    package let caller: Caller
    /// In the order of `caller.keyIdentifiers`.
    package let digests: [CallerKeyDigest]
    /// Nil: the defaults hold.
    package let limits: LimitOverride?

    package init(caller: Caller, digests: [CallerKeyDigest], limits: LimitOverride? = nil) {
        self.caller = caller
        self.digests = digests
        self.limits = limits
    }

    package var tenant: TenantName { caller.tenant }
    package var name: CallerName { caller.name }
    package var users: UserSelection { caller.users }
    package var scopes: Scopes { caller.scopes }

    /// Whether the key is one of this caller's, in constant time.
    package func accepts(_ key: CallerKey) -> Bool {
        var accepted = false
        for digest in digests where digest.matches(key) { accepted = true }
        return accepted
    }
}
