// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import GRDB

/// Puts records into the index, inside one transaction.
struct IndexWriter {
    private let database: Database
    private let insert: Statement
    private let complete: Statement
    private let addName: Statement
    private let findName: Statement
    private var names: [String: Int64] = [:]

    /// Names kept in memory; then the database is asked again.
    private static let maximumNames = 50_000

    init(_ database: Database) throws {
        self.database = database
        insert = try database.makeStatement(
            sql: """
                INSERT OR REPLACE INTO entry VALUES
                    (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        complete = try database.makeStatement(
            sql: """
                UPDATE entry SET outcome = ?, refused = ?, result = ?, status = ?, upstream_status = ?, problem = ?,
                    attempts = ?, response_bytes = ?, total_us = ?
                WHERE seq = (SELECT seq FROM entry WHERE request_id = ? AND kind = \(EntryKind.call.rawValue)
                    AND outcome IS NULL ORDER BY seq DESC LIMIT 1)
                """)
        addName = try database.makeStatement(sql: "INSERT OR IGNORE INTO name (text) VALUES (?)")
        findName = try database.makeStatement(sql: "SELECT id FROM name WHERE text = ?")
    }

    /// A record of a kind that has rows.
    mutating func take(_ entry: JournalEntry) throws {
        switch entry.kind {
        case .intent: try add(entry, .call)
        case .denied: try add(entry, .denied)
        case .admin: try add(entry, .admin)
        case .outcome: try addOutcome(entry)
        case .start, .stop, .recovered, .segment: break
        }
    }

    private mutating func add(_ entry: JournalEntry, _ kind: EntryKind) throws {
        let facts = entry.facts
        let refused = entry.decision.map { $0 == .refused }
        let values: [(any DatabaseValueConvertible)?] = [
            Int64(clamping: entry.sequence), nil, entry.time, kind.rawValue,
            facts.requestID, facts.traceID, try name(facts.tenant), try name(facts.caller), try name(facts.user),
            try name(facts.route), try name(facts.method), refused, try name(facts.result), facts.status,
            facts.upstreamStatus, try name(facts.problem), facts.attempts, facts.requestBytes, facts.responseBytes,
            facts.totalMicroseconds, facts.count ?? 1, try name(facts.actor), try name(facts.action),
            try name(facts.object), try name(facts.name),
        ]
        try insert.execute(arguments: StatementArguments(values))
    }

    private mutating func addOutcome(_ entry: JournalEntry) throws {
        let facts = entry.facts
        let values: [(any DatabaseValueConvertible)?] = [
            Int64(clamping: entry.sequence), entry.decision == .refused, try name(facts.result), facts.status,
            facts.upstreamStatus, try name(facts.problem), facts.attempts, facts.responseBytes,
            facts.totalMicroseconds, facts.requestID,
        ]
        try complete.execute(arguments: StatementArguments(values))
    }

    private mutating func name(_ text: String?) throws -> Int64? {
        guard let text else { return nil }
        if let known = names[text] { return known }
        try addName.execute(arguments: [text])
        let id = try Int64.fetchOne(findName, arguments: [text])
        if names.count >= Self.maximumNames { names.removeAll() }
        names[text] = id
        return id
    }
}

/// What a row stands for.
package enum EntryKind: Int, Sendable {
    case call, denied, admin

    var word: String {
        switch self {
        case .call: "call"
        case .denied: "denied"
        case .admin: "admin"
        }
    }
}
