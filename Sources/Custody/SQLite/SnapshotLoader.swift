// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import GRDB
import Secrets

/// Reads the whole store once, when it is opened.
struct SnapshotLoader {
    let database: Database
    let keys: KeyHierarchy

    func load() throws -> Snapshot {
        var changes: [SnapshotChange] = []
        for row in try Row.fetchAll(database, sql: "SELECT * FROM tenant") {
            let tenant = try TenantRow(row)
            let key = try keys.openTenantKey(tenant.wrappedKey, of: tenant.tenant.name, rootKey: tenant.rootKey)
            let loader = TenantLoader(database: database, id: tenant.id, name: tenant.tenant.name, key: key)
            changes.append(.tenantAdded(tenant.tenant))
            try loader.load(into: &changes)
        }
        try loadLimits(into: &changes)
        var snapshot = Snapshot()
        snapshot.apply(changes)
        return snapshot
    }
}

private struct TenantLoader {
    let database: Database
    let id: Int64
    let name: TenantName
    let key: SealingKey

    func load(into changes: inout [SnapshotChange]) throws {
        let consumers = try loadConsumers(into: &changes)
        try loadHomeUsers(of: consumers, into: &changes)
        try loadCallers(into: &changes)
    }

    private struct OpenedConsumer {
        let name: ConsumerName
        var versions: [Int: ConsumerCredential] = [:]
    }

    private func loadConsumers(into changes: inout [SnapshotChange]) throws -> [Int64: OpenedConsumer] {
        var opened: [Int64: OpenedConsumer] = [:]
        let versions = try Dictionary(
            grouping: Row.fetchAll(
                database,
                sql: "SELECT v.* FROM consumer_version v JOIN consumer c ON c.id = v.consumer WHERE c.tenant = ?",
                arguments: [id]
            ).map(ConsumerVersionRow.init), by: \.consumer)
        for row in try Row.fetchAll(database, sql: "SELECT * FROM consumer WHERE tenant = ?", arguments: [id]) {
            let consumer = try ConsumerRow(row)
            var entry = OpenedConsumer(name: consumer.name)
            for version in versions[consumer.id] ?? [] {
                entry.versions[version.version] = version.open(of: consumer.name, in: name, under: key)
            }
            opened[consumer.id] = entry
            guard let current = versions[consumer.id]?.first(where: { $0.version == consumer.version }) else {
                throw CustodyError.tampered(what: "consumer \(consumer.name) of tenant \(name) has no credential")
            }
            changes.append(
                .consumer(
                    ConsumerAccess(
                        consumer: consumer.consumer(in: name, key: current.key),
                        secret: entry.versions[consumer.version]?.secret)))
        }
        return opened
    }

    private func loadHomeUsers(of consumers: [Int64: OpenedConsumer], into changes: inout [SnapshotChange]) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM home_user WHERE tenant = ?", arguments: [id])
        while let row = try rows.next() {
            let user = try HomeUserRow(row)
            guard let consumer = consumers[user.consumer] else {
                throw CustodyError.tampered(what: "home user \(user.name) of tenant \(name) has no consumer")
            }
            let credential = user.consumerVersion.flatMap { consumer.versions[$0] }
            changes.append(
                .homeUser(user.access(in: name, consumer: consumer.name, credential: credential, under: key)))
        }
    }

    private func loadCallers(into changes: inout [SnapshotChange]) throws {
        for row in try Row.fetchAll(database, sql: "SELECT * FROM caller WHERE tenant = ?", arguments: [id]) {
            changes.append(.caller(try CallerRow(row).access(in: name, database)))
        }
    }
}

extension ConsumerRow {
    func consumer(in tenant: TenantName, key: String) -> Consumer {
        Consumer(tenant: tenant, name: name, key: key, version: version, created: created)
    }
}

extension CallerRow {
    /// Reads the caller's keys and list of home users.
    func access(in tenant: TenantName, _ database: Database) throws -> CallerAccess {
        let keys = try Row.fetchAll(
            database, sql: "SELECT * FROM caller_key WHERE caller = ? ORDER BY id", arguments: [id]
        ).map { try CallerKeyRow($0) }
        let users =
            everyUser
            ? UserSelection.all
            : .listed(
                Set(
                    try Row.fetchAll(database, sql: "SELECT name FROM caller_user WHERE caller = ?", arguments: [id])
                        .map { try $0.name("name", of: "a home user in the list of caller \(name)") }))
        let caller = Caller(
            tenant: tenant, name: name, users: users, scopes: scopes, keyIdentifiers: keys.map(\.identifier),
            created: created)
        return CallerAccess(caller: caller, digests: keys.map(\.digest))
    }
}
