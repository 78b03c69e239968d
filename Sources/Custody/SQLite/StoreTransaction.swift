// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

/// One change in the making: looks up, checks, writes, and notes what the snapshot has to take over.
struct StoreTransaction {
    let database: Database
    let keys: KeyHierarchy
    let ring: KeyRing
    let limits: CustodyLimits
    /// Seconds since 1970.
    let now: Int64

    var changes: [SnapshotChange] = []
    /// Whether key material was deleted, so that it must leave the write-ahead log as well.
    var erasesKeys = false

    init(database: Database, keys: KeyHierarchy, ring: KeyRing, limits: CustodyLimits, now: Int64) {
        self.database = database
        self.keys = keys
        self.ring = ring
        self.limits = limits
        self.now = now
    }

    func tenant(_ name: TenantName) throws -> TenantRow {
        guard let row = try row("SELECT * FROM tenant WHERE name = ?", [name.rawValue]) else {
            throw CustodyError.notFound(kind: .tenant, name: name.rawValue)
        }
        return try TenantRow(row)
    }

    func consumer(_ name: ConsumerName, of tenant: TenantRow) throws -> ConsumerRow {
        let found = try row("SELECT * FROM consumer WHERE tenant = ? AND name = ?", [tenant.id, name.rawValue])
        guard let found else { throw CustodyError.notFound(kind: .consumer, name: name.rawValue) }
        return try ConsumerRow(found)
    }

    func tenant(id: Int64) throws -> TenantRow {
        guard let row = try row("SELECT * FROM tenant WHERE id = ?", [id]) else {
            throw CustodyError.tampered(what: "an entry belongs to no tenant")
        }
        return try TenantRow(row)
    }

    func consumer(id: Int64) throws -> ConsumerRow {
        guard let row = try row("SELECT * FROM consumer WHERE id = ?", [id]) else {
            throw CustodyError.tampered(what: "an entry belongs to no consumer")
        }
        return try ConsumerRow(row)
    }

    func homeUser(id: Int64) throws -> (HomeUserRow, TenantRow) {
        guard let row = try row("SELECT * FROM home_user WHERE id = ?", [id]) else {
            throw CustodyError.tampered(what: "an entry belongs to no home user")
        }
        return (try HomeUserRow(row), try tenant(id: row["tenant"]))
    }

    func consumerVersion(_ version: Int, of consumer: ConsumerRow) throws -> ConsumerVersionRow? {
        try row("SELECT * FROM consumer_version WHERE consumer = ? AND version = ?", [consumer.id, version])
            .map(ConsumerVersionRow.init)
    }

    func homeUser(_ name: HomeUserName, of tenant: TenantRow) throws -> HomeUserRow? {
        try row("SELECT * FROM home_user WHERE tenant = ? AND name = ?", [tenant.id, name.rawValue])
            .map { try HomeUserRow($0) }
    }

    func requiredHomeUser(_ name: HomeUserName, of tenant: TenantRow) throws -> HomeUserRow {
        guard let user = try homeUser(name, of: tenant) else {
            throw CustodyError.notFound(kind: .homeUser, name: name.rawValue)
        }
        return user
    }

    func caller(_ name: CallerName, of tenant: TenantRow) throws -> CallerRow {
        let found = try row("SELECT * FROM caller WHERE tenant = ? AND name = ?", [tenant.id, name.rawValue])
        guard let found else { throw CustodyError.notFound(kind: .caller, name: name.rawValue) }
        return try CallerRow(found)
    }

    func openKey(of tenant: TenantRow) throws(CustodyError) -> SealingKey {
        try keys.openTenantKey(tenant.wrappedKey, of: tenant.tenant.name, rootKey: tenant.rootKey)
    }

    // Statements are kept compiled: their texts are few and fixed, and compiling costs more than running them.

    func row(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(try database.cachedStatement(sql: sql), arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments) throws -> [Row] {
        try Row.fetchAll(try database.cachedStatement(sql: sql), arguments: arguments)
    }

    func count(_ sql: String, _ arguments: StatementArguments = []) throws -> Int {
        try Int.fetchOne(try database.cachedStatement(sql: sql), arguments: arguments) ?? 0
    }

    func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}

/// 128 random bits in hexadecimal: tells entries apart for good, where the database would number a new one like an old.
func randomIdentifier() -> String {
    (0..<2).map { _ in
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
}
