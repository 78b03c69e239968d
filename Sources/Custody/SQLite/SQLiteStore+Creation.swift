// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

extension SQLiteStore {
    package func reserveHomeUser(
        _ name: HomeUserName, in tenant: TenantName, consumer: ConsumerName, by developer: HomeUserName,
        requestID: String, upstreamUsername: String?
    ) throws(CustodyError) -> Reservation {
        let new = NewReservation(
            identifier: randomIdentifier(), name: name, tenant: tenant, consumer: consumer, developer: developer,
            requestID: requestID, upstreamUsername: upstreamUsername)
        // Room for the answer comes first: no call goes out whose token could be lost.
        try spillRoom.hold(for: new.identifier)
        do {
            return try commit { try $0.reserveHomeUser(new) }
        } catch {
            spillRoom.letGo(of: new.identifier)
            throw error
        }
    }

    package func releaseReservation(_ reservation: Reservation) throws(CustodyError) {
        defer { spillRoom.letGo(of: reservation.identifier) }
        try commit { try $0.releaseReservation(reservation) }
    }

    @discardableResult
    package func markReservationUnknown(
        _ reservation: Reservation, reason: String
    ) throws(CustodyError) -> HomeUser {
        defer { spillRoom.letGo(of: reservation.identifier) }
        return try commit { try $0.markReservationUnknown(reservation, reason: reason) }
    }

    @discardableResult
    package func completeReservation(
        _ reservation: Reservation, token: Secret, tokenSecret: Secret, upstreamUsername: String?
    ) throws(CustodyError) -> HomeUser {
        let user = try commit {
            try $0.completeReservation(
                reservation, token: token, tokenSecret: tokenSecret, upstreamUsername: upstreamUsername)
        }
        // Not after a failure: the answer still has to go somewhere, to `quarantine` or `spill`.
        spillRoom.letGo(of: reservation.identifier)
        return user
    }

    package func reservations(in tenant: TenantName?) throws(CustodyError) -> [Reservation] {
        try read { try $0.reservations(in: tenant) }
    }
}
