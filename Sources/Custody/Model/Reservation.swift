// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// A home user's name, taken before the call that creates the user goes out.
///
/// It ends in exactly one way: completed, released, or left to the operator with its outcome unknown.
package struct Reservation: Sendable, Equatable {
    /// Tells apart two reservations of one name.
    package let identifier: String
    package let tenant: TenantName
    package let name: HomeUserName
    package let consumer: ConsumerName
    /// Of the consumer, when the name was reserved: what signs the call must be of this version.
    package let consumerVersion: Int
    /// Whose token creates the user.
    package let developer: HomeUserName
    /// Of the call that creates the user.
    package let requestID: String
    /// Seconds since 1970.
    package let created: Int64
    /// Seals an answer even when the database fails. Nil if the stored one does not open.
    let key: SealingKey?

    package static func == (left: Reservation, right: Reservation) -> Bool {
        left.identifier == right.identifier
    }
}
