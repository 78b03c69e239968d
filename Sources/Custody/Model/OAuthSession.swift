// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// A three-legged authorization under way (RFC 5849 section 2), without its temporary credentials.
package struct OAuthSession: Sendable, Equatable {
    /// How the user's consent comes back.
    package enum Mode: String, Sendable, CaseIterable {
        /// By redirecting the browser to the callback.
        case browser
        /// Out of band: a person copies the verifier.
        case oob
    }

    package let identifier: String
    package let tenant: TenantName
    /// Whom the access credential will be stored for. The home user need not exist yet.
    package let user: HomeUserName
    package let consumer: ConsumerName
    /// Of the consumer, which signed the request for the temporary credentials.
    package let consumerVersion: Int
    package let mode: Mode
    /// Where to send the browser in the end.
    package let returnTo: String?
    /// Seconds since 1970.
    package let created: Int64
    /// Seconds since 1970; from then on the session cannot be taken.
    package let expires: Int64
}

/// What begins a session.
package struct NewOAuthSession: Sendable {
    package var user: HomeUserName
    package var tenant: TenantName
    package var consumer: ConsumerName
    /// Of the consumer, which signed the request for the temporary credentials.
    package var consumerVersion: Int
    package var mode: OAuthSession.Mode
    package var returnTo: String?
    /// In seconds.
    package var lifetime: Int64
    /// `oauth_token` of the temporary credentials.
    package var token: Secret
    /// `oauth_token_secret` of the temporary credentials.
    package var tokenSecret: Secret

    package init(
        user: HomeUserName, tenant: TenantName, consumer: ConsumerName, consumerVersion: Int, mode: OAuthSession.Mode,
        returnTo: String?, lifetime: Int64, token: Secret, tokenSecret: Secret
    ) {
        self.user = user
        self.tenant = tenant
        self.consumer = consumer
        self.consumerVersion = consumerVersion
        self.mode = mode
        self.returnTo = returnTo
        self.lifetime = lifetime
        self.token = token
        self.tokenSecret = tokenSecret
    }
}

/// What became of an attempt to take a session.
package enum OAuthSessionTaking: Sendable {
    /// Nobody else gets it. The credential, with the temporary token and secret, signs the exchange (RFC 5849 section 2.3).
    case taken(OAuthSession, HomeUserCredential)
    /// It was taken before; kept until it expires, so that a replay gets an answer a person understands.
    case alreadyUsed(OAuthSession)
    case expired(OAuthSession)
    /// The sealed secret, or the consumer's, does not open: the user has to begin again.
    case unreadable(OAuthSession)
    /// Never was, was forgotten after its expiry, or is not of the expected home user.
    case unknown
}
