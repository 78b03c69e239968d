// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The home users a caller may act for, within its tenant.
package enum UserSelection: Sendable, Equatable {
    case all
    /// By name; a name may be listed before the home user exists.
    case listed(Set<HomeUserName>)

    package func contains(_ name: HomeUserName) -> Bool {
        switch self {
        case .all: true
        case .listed(let names): names.contains(name)
        }
    }
}
