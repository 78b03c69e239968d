// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// A home user as the hot path sees it. Present in every state, so that a refusal can name the state.
///
/// A new object replaces it with every change: identity tells whether something derived from it is still good.
package final class HomeUserAccess: Sendable {
    package let user: HomeUser
    /// Present if requests may be signed: the state is usable and the sealed credential opened.
    package let credential: HomeUserCredential?
    /// Derived one-way from the user's key, and kept nowhere: when the key is destroyed, nobody can find it again. Salts the
    /// pseudonym under which the user stands in the journal. Nil while there is no key.
    package let keyIdentifier: String?
    /// Nil: the defaults hold.
    package let limits: LimitOverride?

    package init(
        user: HomeUser, credential: HomeUserCredential?, keyIdentifier: String? = nil, limits: LimitOverride? = nil
    ) {
        self.user = user
        self.credential = credential
        self.keyIdentifier = keyIdentifier
        self.limits = limits
    }
}

/// What signs a home user's requests (RFC 5849 section 3.1).
package struct HomeUserCredential: Sendable {
    package let consumerKey: String
    package let consumerSecret: Secret
    package let token: Secret
    package let tokenSecret: Secret

    package init(consumerKey: String, consumerSecret: Secret, token: Secret, tokenSecret: Secret) {
        self.consumerKey = consumerKey
        self.consumerSecret = consumerSecret
        self.token = token
        self.tokenSecret = tokenSecret
    }
}
