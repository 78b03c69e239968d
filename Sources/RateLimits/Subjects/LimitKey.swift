// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Names one counted thing.
package struct LimitKey: Hashable, Sendable {
    package let tenant: String
    package let name: String
    package let kind: LimitKind

    package init(_ kind: LimitKind, tenant: String, name: String) {
        self.kind = kind
        self.tenant = tenant
        self.name = name
    }
}
