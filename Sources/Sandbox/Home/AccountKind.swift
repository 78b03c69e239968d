// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What a user may do.
package enum AccountKind: String, Sendable, CaseIterable {
    /// A portfolio of their own, and the right to create home users.
    case developer
    case home
    /// Neither a home nor a portfolio: wego_data only.
    case data
}
