// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// An upstream answer to a creation that waits sealed until an operator takes the credential out of it. Shown without
/// its content.
package struct QuarantinedAnswer: Sendable, Equatable {
    package let identifier: String
    package let tenant: TenantName
    package let user: HomeUserName
    /// Why it could not be taken in at once.
    package let reason: String
    /// Of what is kept.
    package let byteCount: Int
    /// Seconds since 1970.
    package let created: Int64
    /// Whether it lies in the emergency file, because the database failed. It moves when the database works again.
    package let isSpilled: Bool
}
