// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import GRDB
import RateLimits

extension StoreTransaction {
    mutating func setLimits(
        _ adjustment: LimitAdjustment, of object: LimitedObject, note: String?, keepingRest: Bool
    ) throws -> LimitOverride {
        try limits.check(label: note, called: "note")
        let id = try identifier(of: object)
        let old = try limitOverride(of: object, id: id)
        if old == nil { try checkRoomForLimits() }
        let new = LimitOverride(
            object: object, adjustment: keepingRest ? try merge(adjustment, onto: old) : adjustment,
            note: note ?? (keepingRest ? old?.note : nil), since: old?.since ?? now, changed: now)
        try store(new, id: id)
        changes.append(.limits(new))
        return new
    }

    mutating func removeLimits(of object: LimitedObject) throws {
        let id = try identifier(of: object)
        try execute("DELETE FROM limit_override WHERE \(object.kind.column) = ?", [id])
        guard database.changesCount > 0 else {
            throw CustodyError.notFound(kind: .limitOverride, name: object.name)
        }
        changes.append(.limitsRemoved(object))
    }

    private func merge(
        _ adjustment: LimitAdjustment, onto old: LimitOverride?
    ) throws(CustodyError) -> LimitAdjustment {
        do throws(LimitAdjustmentError) {
            return try adjustment.merged(onto: old?.adjustment)
        } catch {
            throw .invalid(reason: error.description)
        }
    }

    private func checkRoomForLimits() throws {
        guard try count("SELECT count(*) FROM limit_override") < limits.maximumLimitOverrides else {
            throw CustodyError.limitReached(
                reason: "The store holds \(limits.maximumLimitOverrides) limit overrides, which is its limit. "
                    + "Remove those that are no longer needed with `wego-gateway limits clear NAME`, or change the "
                    + "defaults in the configuration.")
        }
    }

    private func identifier(of object: LimitedObject) throws -> Int64 {
        let tenant = try tenant(object.tenant)
        return switch object {
        case .homeUser(let name, _): try requiredHomeUser(name, of: tenant).id
        case .caller(let name, _): try caller(name, of: tenant).id
        case .tenant: tenant.id
        case .consumer(let name, _): try consumer(name, of: tenant).id
        }
    }

    private func limitOverride(of object: LimitedObject, id: Int64) throws -> LimitOverride? {
        try row("SELECT * FROM limit_override WHERE \(object.kind.column) = ?", [id])
            .map { try LimitOverride($0, of: object) }
    }

    private func store(_ new: LimitOverride, id: Int64) throws {
        let (column, adjustment) = (new.object.kind.column, new.adjustment)
        try execute(
            """
            INSERT INTO limit_override (
                \(column), rate, burst, concurrency, windows, is_shadow, note, since, changed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (\(column)) DO UPDATE SET
                rate = excluded.rate, burst = excluded.burst, concurrency = excluded.concurrency,
                windows = excluded.windows, is_shadow = excluded.is_shadow, note = excluded.note,
                changed = excluded.changed
            """,
            [
                id, adjustment.rate?.description, adjustment.burst, adjustment.concurrency,
                adjustment.windows.map { $0.map(\.description).joined(separator: ",") }, adjustment.isShadow, new.note,
                new.since, new.changed,
            ])
    }
}

extension LimitKind {
    /// Of `limit_override`; the tables it refers to are called the same.
    fileprivate var column: String {
        switch self {
        case .homeUser: "home_user"
        case .caller: "caller"
        case .tenant: "tenant"
        case .consumer: "consumer"
        }
    }
}

extension LimitOverride {
    init(_ row: Row, of object: LimitedObject) throws(CustodyError) {
        let windows: String? = row["windows"]
        do throws(LimitAdjustmentError) {
            let adjustment = try LimitAdjustment(
                rate: row["rate"], burst: row["burst"], concurrency: row["concurrency"],
                windows: windows.map { $0.split(separator: ",").map(String.init) }, isShadow: row["is_shadow"])
            self.init(
                object: object, adjustment: adjustment, note: row["note"], since: row["since"],
                changed: row["changed"])
        } catch {
            throw .tampered(what: "the limit override of \(object.kind.rawValue) \(object.name) is not valid")
        }
    }
}

extension SnapshotLoader {
    func loadLimits(into changes: inout [SnapshotChange]) throws {
        for kind in LimitKind.allCases {
            let (table, tenant) = (kind.column, kind == .tenant ? "o.id" : "o.tenant")
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT l.*, o.name AS object_name, t.name AS tenant_name FROM limit_override l
                    JOIN \(table) o ON o.id = l.\(table) JOIN tenant t ON t.id = \(tenant)
                    """)
            while let row = try rows.next() {
                let tenant: TenantName = try row.name("tenant_name", of: "a tenant")
                guard let object = LimitedObject(kind, named: row["object_name"], in: tenant) else {
                    throw CustodyError.tampered(what: "the name of a \(kind.rawValue) with limits is not valid")
                }
                changes.append(.limits(try LimitOverride(row, of: object)))
            }
        }
    }
}
