// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A tenant's registration with the upstream: the OAuth client (RFC 5849 section 1.1), without its secret.
package struct Consumer: Sendable, Equatable {
    package let tenant: TenantName
    package let name: ConsumerName
    /// `oauth_consumer_key`: an identifier, shown to operators.
    package let key: String
    /// Counts rotations, from 1. New home users are imported under this version.
    package let version: Int
    /// Seconds since 1970.
    package let created: Int64

    package init(tenant: TenantName, name: ConsumerName, key: String, version: Int, created: Int64) {
        self.tenant = tenant
        self.name = name
        self.key = key
        self.version = version
        self.created = created
    }
}
