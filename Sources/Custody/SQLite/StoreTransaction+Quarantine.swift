// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

extension StoreTransaction {
    /// Keeps an answer, wherever it came from. False if its home user is gone, and with it the key that opens it.
    mutating func quarantine(_ answer: SealedAnswer) throws -> Bool {
        guard let tenantRow = try row("SELECT * FROM tenant WHERE name = ?", [answer.tenant.rawValue]) else {
            return false
        }
        let tenant = try TenantRow(tenantRow)
        guard let user = try homeUser(answer.user, of: tenant), user.wrappedKey != nil else { return false }
        // The same answer comes twice if the process dies between this change and the clearing of the emergency file.
        try execute(
            """
            INSERT INTO quarantine (identifier, home_user, reason, sealed_answer, byte_count, created)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (identifier) DO NOTHING
            """,
            [answer.identifier, user.id, answer.reason, Data(answer.sealed), answer.byteCount, answer.created])
        _ = try markCreationUnknown(
            user, of: tenant, reason: "the upstream's answer waits in the quarantine: \(answer.reason)")
        return true
    }

    /// Refuses if the reservation has ended: its answer is not waited for.
    mutating func quarantine(_ answer: SealedAnswer, for reservation: Reservation) throws {
        _ = try self.reservation(reservation.identifier, named: reservation.name)
        guard try quarantine(answer) else {
            throw CustodyError.notFound(kind: .homeUser, name: reservation.name.rawValue)
        }
    }

    /// Oldest first; of all tenants for nil.
    func quarantined(in tenantName: TenantName?) throws -> [QuarantinedAnswer] {
        let owner = try tenantName.map { try tenant($0).id }
        return try rows(
            """
            SELECT q.*, u.name AS user, t.name AS tenant FROM quarantine q JOIN home_user u ON u.id = q.home_user
            JOIN tenant t ON t.id = u.tenant WHERE ?1 IS NULL OR u.tenant = ?1 ORDER BY q.id
            """, [owner]
        ).map { row in
            let entry = QuarantineRow(row)
            return QuarantinedAnswer(
                identifier: entry.identifier, tenant: try row.name("tenant", of: "a tenant"),
                user: try row.name("user", of: "a home user"), reason: entry.reason, byteCount: entry.byteCount,
                created: entry.created, isSpilled: false)
        }
    }

    func quarantinedAnswer(_ identifier: String) throws -> Secret {
        let row = try quarantineRow(identifier)
        let entry = QuarantineRow(row)
        let (user, tenant) = try homeUser(id: entry.homeUser)
        let name = tenant.tenant.name
        guard let key = user.openKey(in: name, under: try openKey(of: tenant)),
            let answer = try? key.open(
                row.bytes("sealed_answer"), for: SealedAnswer.context(identifier, of: user.name, in: name))
        else {
            throw CustodyError.tampered(what: "quarantined answer \(identifier) does not open")
        }
        return answer
    }

    mutating func resolveQuarantine(_ identifier: String, token: Secret, tokenSecret: Secret) throws -> HomeUser {
        let entry = QuarantineRow(try quarantineRow(identifier))
        let (user, tenant) = try homeUser(id: entry.homeUser)
        guard user.state == .unknown, user.sealedToken == nil else {
            throw CustodyError.invalid(
                reason: "Home user \(user.name) is \(user.state.rawValue): no credential is missing. Drop the entry "
                    + "with `wego-gateway user quarantine discard \(identifier)`.")
        }
        try drop(entry)
        return try activate(user, of: tenant, token: token, tokenSecret: tokenSecret)
    }

    mutating func discardQuarantine(_ identifier: String) throws {
        try drop(QuarantineRow(try quarantineRow(identifier)))
    }

    private mutating func drop(_ entry: QuarantineRow) throws {
        try execute("DELETE FROM quarantine WHERE id = ?", [entry.id])
        erasesKeys = true
    }

    private func quarantineRow(_ identifier: String) throws -> Row {
        guard let row = try row("SELECT * FROM quarantine WHERE identifier = ?", [identifier]) else {
            throw CustodyError.notFound(kind: .quarantinedAnswer, name: identifier)
        }
        return row
    }
}
