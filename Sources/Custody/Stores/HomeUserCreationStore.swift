// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// Creating home users without losing a token: the name is durable before the call goes out, the credential before the
/// answer is released. Blocking calls, as all of custody's.
package protocol HomeUserCreationStore: Sendable {
    /// Takes the name. Refused as `alreadyExists`, of kind `homeUser` or `reservation`, if it is taken. Also holds room on the
    /// disk for the answer: at most `maximumCreationsAtOnce` at a time.
    /// - Parameter consumer: The developer's: the new token will be issued under the consumer that signs the call.
    /// - Parameter requestID: Of the call, to find it in the journal.
    /// - Parameter upstreamUsername: What the call asks for; shown to whoever has to settle an unknown outcome.
    func reserveHomeUser(
        _ name: HomeUserName, in tenant: TenantName, consumer: ConsumerName, by developer: HomeUserName,
        requestID: String, upstreamUsername: String?
    ) throws(CustodyError) -> Reservation
    /// Frees the name: the upstream refused for certain, or the request never left.
    func releaseReservation(_ reservation: Reservation) throws(CustodyError)
    /// The name stays taken, in state `unknown`, until an operator settles it.
    /// - Parameter reason: One line for the operator.
    @discardableResult
    func markReservationUnknown(_ reservation: Reservation, reason: String) throws(CustodyError) -> HomeUser
    /// Seals the pair and makes the user active, in one durable step. After an error the reservation is still open: hand the
    /// whole answer to `quarantine`.
    /// - Parameter upstreamUsername: Replaces the one given with the reservation, unless nil.
    @discardableResult
    func completeReservation(
        _ reservation: Reservation, token: Secret, tokenSecret: Secret, upstreamUsername: String?
    ) throws(CustodyError) -> HomeUser
    /// By tenant and name; of all tenants for nil. Those left open by a crash are among them; their users are `unknown`.
    func reservations(in tenant: TenantName?) throws(CustodyError) -> [Reservation]
}

extension HomeUserCreationStore {
    package func reserveHomeUser(
        _ name: HomeUserName, in tenant: TenantName, consumer: ConsumerName, by developer: HomeUserName,
        requestID: String
    ) throws(CustodyError) -> Reservation {
        try reserveHomeUser(
            name, in: tenant, consumer: consumer, by: developer, requestID: requestID, upstreamUsername: nil)
    }

    @discardableResult
    package func completeReservation(
        _ reservation: Reservation, token: Secret, tokenSecret: Secret
    ) throws(CustodyError) -> HomeUser {
        try completeReservation(reservation, token: token, tokenSecret: tokenSecret, upstreamUsername: nil)
    }
}
