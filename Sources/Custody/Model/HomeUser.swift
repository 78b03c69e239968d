// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What may be shown about a home user: everything but its secrets.
package struct HomeUser: Sendable, Equatable {
    package let tenant: TenantName
    package let name: HomeUserName
    package let consumer: ConsumerName
    /// Whether the user's token may create home users upstream.
    package let isDeveloper: Bool
    package let state: HomeUserState
    /// Why the state is what it is, if somebody said so.
    package let reason: String?
    /// When the state was entered, in seconds since 1970.
    package let since: Int64
    /// Seconds since 1970.
    package let created: Int64
    /// Counts credentials stored under this name, from 1; 0 while there never was one.
    package let credentialVersion: Int
    /// The user's name upstream, where the gateway learnt it.
    package let upstreamUsername: String?
    /// The upstream's own id of the user, once a connection has told it.
    package let upstreamID: String?
    /// Whether the store holds a sealed credential.
    package let hasCredential: Bool

    /// - Parameter hasCredential: What the state lets expect for nil.
    package init(
        tenant: TenantName, name: HomeUserName, consumer: ConsumerName, isDeveloper: Bool, state: HomeUserState,
        reason: String?, since: Int64, created: Int64, credentialVersion: Int, upstreamUsername: String? = nil,
        upstreamID: String? = nil, hasCredential: Bool? = nil
    ) {
        self.tenant = tenant
        self.name = name
        self.consumer = consumer
        self.isDeveloper = isDeveloper
        self.state = state
        self.reason = reason
        self.since = since
        self.created = created
        self.credentialVersion = credentialVersion
        self.upstreamUsername = upstreamUsername
        self.upstreamID = upstreamID
        self.hasCredential = hasCredential ?? state.keepsCredential
    }

    package var upstreamAccount: UpstreamAccount { UpstreamAccount(id: upstreamID, username: upstreamUsername) }
}
