// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// An owner of consumers, home users and callers. Nothing is shared between tenants.
package struct Tenant: Sendable, Equatable {
    package let name: TenantName
    /// Seconds since 1970.
    package let created: Int64

    package init(name: TenantName, created: Int64) {
        self.name = name
        self.created = created
    }
}
