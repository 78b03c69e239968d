// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

/// A reservation with the row of its home user and the names around it.
struct ReservationRow {
    let identifier: String
    let user: HomeUserRow
    let tenant: TenantRow
    let consumer: ConsumerName
    let developer: HomeUserName
    let requestID: String
    let created: Int64

    /// - Parameter row: Of the table; what it refers to is looked up.
    init(_ row: Row, _ transaction: StoreTransaction) throws {
        identifier = row["identifier"]
        developer = try row.name("developer", of: "a developer")
        requestID = row["request_id"]
        created = row["created"]
        (user, tenant) = try transaction.homeUser(id: row["home_user"])
        consumer = try transaction.consumer(id: user.consumer).name
    }

    func reservation(_ transaction: StoreTransaction) throws(CustodyError) -> Reservation {
        guard let version = user.consumerVersion else {
            throw .tampered(what: "home user \(user.name), which is being created, has no consumer version")
        }
        return Reservation(
            identifier: identifier, tenant: tenant.tenant.name, name: user.name, consumer: consumer,
            consumerVersion: version, developer: developer, requestID: requestID, created: created,
            key: user.openKey(in: tenant.tenant.name, under: try transaction.openKey(of: tenant)))
    }
}

struct QuarantineRow {
    let id: Int64
    let homeUser: Int64
    let identifier: String
    let reason: String
    let byteCount: Int
    let created: Int64

    init(_ row: Row) {
        id = row["id"]
        homeUser = row["home_user"]
        identifier = row["identifier"]
        reason = row["reason"]
        byteCount = row["byte_count"]
        created = row["created"]
    }
}

struct PreviousCredentialRow {
    /// Nil: there was no such home user.
    let state: HomeUserState?
    let reason: String?
    let since: Int64
    let consumer: Int64
    let consumerVersion: Int?
    let credentialVersion: Int
    let sealedToken: SealedToken?

    init(_ row: Row, of user: HomeUserName) throws {
        state = (row["state"] as String?) == nil ? nil : try row.state("state", of: user)
        reason = row["reason"]
        since = row["since"]
        consumer = row["consumer"]
        consumerVersion = row["consumer_version"]
        credentialVersion = row["credential_version"]
        sealedToken = row.sealedToken
    }
}

struct OAuthSessionRow {
    let id: Int64
    let tenant: Int64
    let consumer: Int64
    let sealedSecret: [UInt8]?
    let session: OAuthSession

    init(_ row: Row, _ transaction: StoreTransaction) throws {
        id = row["id"]
        tenant = row["tenant"]
        consumer = row["consumer"]
        sealedSecret = row.optionalBytes("sealed_secret")
        let modeText: String = row["mode"]
        guard let mode = OAuthSession.Mode(rawValue: modeText) else {
            throw CustodyError.tampered(what: "an authorization has no valid mode")
        }
        session = OAuthSession(
            identifier: row["identifier"], tenant: try transaction.tenant(id: tenant).tenant.name,
            user: try row.name("user", of: "a home user in an authorization"),
            consumer: try transaction.consumer(id: consumer).name, consumerVersion: row["consumer_version"], mode: mode,
            returnTo: row["return_to"], created: row["created"], expires: row["expires"])
    }
}
