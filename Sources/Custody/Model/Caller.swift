// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A backend service that may use the gateway, without its keys.
package struct Caller: Sendable, Equatable {
    package let tenant: TenantName
    package let name: CallerName
    package let users: UserSelection
    package let scopes: Scopes
    /// The public parts of its keys, oldest first: one, or two after a rotation.
    package let keyIdentifiers: [String]
    /// Seconds since 1970.
    package let created: Int64

    package init(
        tenant: TenantName, name: CallerName, users: UserSelection, scopes: Scopes, keyIdentifiers: [String],
        created: Int64
    ) {
        self.tenant = tenant
        self.name = name
        self.users = users
        self.scopes = scopes
        self.keyIdentifiers = keyIdentifiers
        self.created = created
    }
}
