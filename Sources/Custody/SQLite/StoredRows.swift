// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

// Rows as they lie in the tables. A value that the schema cannot hold back but the store would never write is
// tampering, and says which.

struct TenantRow {
    let id: Int64
    let tenant: Tenant
    let rootKey: String
    let wrappedKey: [UInt8]

    init(_ row: Row) throws(CustodyError) {
        id = row["id"]
        tenant = Tenant(name: try row.name("name", of: "a tenant"), created: row["created"])
        rootKey = row["root_key"]
        wrappedKey = row.bytes("wrapped_key")
    }
}

struct ConsumerRow {
    let id: Int64
    let name: ConsumerName
    let version: Int
    let created: Int64

    init(_ row: Row) throws(CustodyError) {
        id = row["id"]
        name = try row.name("name", of: "a consumer")
        version = row["version"]
        created = row["created"]
    }
}

struct ConsumerVersionRow {
    let consumer: Int64
    let version: Int
    let key: String
    let sealed: SealedConsumerSecret

    init(_ row: Row) {
        consumer = row["consumer"]
        version = row["version"]
        key = row["consumer_key"]
        sealed = SealedConsumerSecret(wrappedKey: row.bytes("wrapped_key"), secret: row.bytes("sealed_secret"))
    }
}

struct HomeUserRow {
    let id: Int64
    let name: HomeUserName
    let consumer: Int64
    let consumerVersion: Int?
    let isDeveloper: Bool
    let state: HomeUserState
    let reason: String?
    let since: Int64
    let created: Int64
    let keyVersion: Int
    let wrappedKey: [UInt8]?
    let credentialVersion: Int
    let sealedToken: SealedToken?
    let upstreamUsername: String?
    let upstreamID: String?

    init(_ row: Row) throws(CustodyError) {
        id = row["id"]
        name = try row.name("name", of: "a home user")
        consumer = row["consumer"]
        consumerVersion = row["consumer_version"]
        isDeveloper = row["is_developer"]
        state = try row.state("state", of: name)
        reason = row["reason"]
        since = row["since"]
        created = row["created"]
        keyVersion = row["key_version"]
        wrappedKey = row.optionalBytes("wrapped_key")
        credentialVersion = row["credential_version"]
        sealedToken = row.sealedToken
        upstreamUsername = row["upstream_username"]
        upstreamID = row["upstream_id"]
    }
}

struct CallerRow {
    let id: Int64
    let name: CallerName
    let everyUser: Bool
    let scopes: Scopes
    let created: Int64

    init(_ row: Row) throws(CustodyError) {
        id = row["id"]
        name = try row.name("name", of: "a caller")
        everyUser = row["every_user"]
        let scopesText: String = row["scopes"]
        guard let scopes = Scopes(text: scopesText) else {
            throw .tampered(what: "caller \(name) has no valid scopes")
        }
        self.scopes = scopes
        created = row["created"]
    }
}

struct CallerKeyRow {
    let caller: Int64
    let identifier: String
    let digest: CallerKeyDigest

    init(_ row: Row) throws(CustodyError) {
        caller = row["caller"]
        identifier = row["identifier"]
        let bytes = row.bytes("digest")
        guard bytes.count == CallerKeyDigest.byteCount else {
            throw .tampered(what: "the digest of caller key \(identifier) is not valid")
        }
        digest = CallerKeyDigest(bytes: bytes)
    }
}

extension Row {
    func bytes(_ column: String) -> [UInt8] {
        let data: Data = self[column]
        return [UInt8](data)
    }

    func optionalBytes(_ column: String) -> [UInt8]? {
        let data: Data? = self[column]
        return data.map { [UInt8]($0) }
    }

    func name<Kind>(_ column: String, of what: String) throws(CustodyError) -> Name<Kind> {
        let text: String = self[column]
        guard let name = Name<Kind>(text) else { throw .tampered(what: "the name of \(what) is not valid") }
        return name
    }

    func state(_ column: String, of user: HomeUserName) throws(CustodyError) -> HomeUserState {
        let text: String = self[column]
        guard let state = HomeUserState(rawValue: text) else {
            throw .tampered(what: "home user \(user) has no valid state")
        }
        return state
    }

    var sealedToken: SealedToken? {
        guard let token = optionalBytes("sealed_token"), let secret = optionalBytes("sealed_token_secret") else {
            return nil
        }
        return SealedToken(token: token, secret: secret)
    }
}
