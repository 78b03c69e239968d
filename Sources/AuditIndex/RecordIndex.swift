// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import Foundation
import GRDB

/// A SQLite file that answers questions about a journal. Derived: it holds nothing that the segments do not, is never
/// on the path of a request, and is thrown away and built anew when it does not fit.
///
/// Several processes may use one file; updates take turns. All methods block.
package final class RecordIndex: Sendable {
    private let path: String
    private let directories: [String]
    private let queue: DatabaseQueue

    /// How long a statement waits for another process, in seconds.
    private static let busyTimeout = 30.0

    /// Records in one transaction.
    private static let batch = 50_000

    /// - Parameters:
    ///   - path: of the SQLite file; created, readable by its owner only, if missing. Not in a directory of segments.
    ///   - directories: all directories the journal has segments in.
    package init(path: String, directories: [String]) throws(AuditIndexError) {
        self.path = path
        self.directories = directories
        do {
            queue = try Self.open(path)
        } catch let error as DatabaseError where [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode) {
            for suffix in ["", "-journal"] { unlink(path + suffix) }
            do { queue = try Self.open(path) } catch { throw .database(path: path, reason: "\(error)") }
        } catch {
            throw .database(path: path, reason: "\(error)")
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        Foundation.close(descriptor)
        var configuration = Configuration()
        configuration.label = "audit-index"
        configuration.busyMode = .timeout(busyTimeout)
        // A rollback journal: with a write-ahead log two processes could run into the reset bug of SQLite before 3.51.3.
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { database in
            try database.inTransaction(.immediate) {
                if try Int.fetchOne(database, sql: "PRAGMA user_version") != IndexSchema.version { try clear(database) }
                return .commit
            }
        }
        return queue
    }

    private static func clear(_ database: Database) throws {
        try database.execute(
            sql: "DROP TABLE IF EXISTS entry; DROP TABLE IF EXISTS name; DROP TABLE IF EXISTS state")
        try IndexSchema.create(in: database)
    }

    package func close() {
        // A failure loses nothing: the file is derived.
        try? queue.close()
    }

    deinit { close() }

    // MARK: Building

    /// Reads what the journal got since the last update. Rows of removed segments go.
    ///
    /// - Parameter progress: called now and then with the number of records read in this update.
    /// - Returns: how many records were read.
    @discardableResult
    package func update(progress: (Int) -> Void = { _ in }) throws(AuditIndexError) -> Int {
        var total = 0
        while true {
            let step = try transact { database in try self.step(database) }
            total += step
            progress(total)
            if step < Self.batch { return total }
        }
    }

    /// Throws everything away and reads the whole journal.
    @discardableResult
    package func reindex(progress: (Int) -> Void = { _ in }) throws(AuditIndexError) -> Int {
        try transact { database in try Self.clear(database) }
        return try update(progress: progress)
    }

    private func step(_ database: Database) throws -> Int {
        let state = try IndexState.load(database)
        let reader = try JournalReader(directories: directories, from: state?.position)
        if let state, !state.origin.isEmpty,
            !reader.holds(segment: state.position.segment, origin: state.origin)
        {
            // Another journal in this place, or another place: `audit.directory` may have changed.
            try Self.clear(database)
            return try step(database)
        }
        try database.execute(sql: "DELETE FROM entry WHERE seq <= ?", arguments: [Int64(clamping: reader.removed)])
        var writer = try IndexWriter(database)
        var last = state?.position.sequence ?? reader.removed
        var hash = state?.hash
        var count = 0
        while count < Self.batch, let entry = try reader.next() {
            if entry.sequence <= last {
                try rewind(database, to: entry.sequence)
            } else if entry.sequence == last + 1, let hash, entry.previousHash != hash {
                // Another journal, or another past.
                try Self.clear(database)
                return try step(database)
            }
            try writer.take(entry)
            last = entry.sequence
            hash = entry.hash
            count += 1
        }
        if let position = reader.position {
            try IndexState(
                position: position, hash: hash ?? "", origin: reader.origin ?? "",
                unreadable: (state?.unreadable ?? 0) + reader.unreadableLines
            ).save(database)
        }
        return count
    }

    /// A segment has failed after it was read: what was behind its end stands again, from `sequence` on.
    private func rewind(_ database: Database, to sequence: UInt64) throws {
        let first = Int64(clamping: sequence)
        try database.execute(sql: "DELETE FROM entry WHERE seq >= ?", arguments: [first])
        try database.execute(
            sql: """
                UPDATE entry SET outcome = NULL, refused = 0, result = NULL, status = NULL, upstream_status = NULL,
                    problem = NULL, attempts = NULL, response_bytes = NULL, total_us = NULL WHERE outcome >= ?
                """, arguments: [first])
    }

    // MARK: Asking

    /// - Parameter limit: rows, at least 1.
    package func query(
        _ query: JournalQuery, limit: Int, order: RecordOrder = .newestFirst
    ) throws(AuditIndexError) -> [IndexedRecord] {
        let (condition, arguments) = query.condition()
        let direction = order == .newestFirst ? "DESC" : "ASC"
        let sql =
            "SELECT * FROM entry WHERE \(condition) ORDER BY time \(direction), seq \(direction) LIMIT \(max(1, limit))"
        return try transact { database in
            let rows = try Row.fetchAll(database, sql: sql, arguments: arguments)
            var names: [Int64: String] = [:]
            let find = try database.makeStatement(sql: "SELECT text FROM name WHERE id = ?")
            for row in rows {
                for column in IndexedRecord.nameColumns {
                    guard let id = row[column] as Int64?, names[id] == nil else { continue }
                    names[id] = try String.fetchOne(find, arguments: [id])
                }
            }
            return rows.map { IndexedRecord($0, names: names) }
        }
    }

    /// Which service touched this home's data, on which routes, when and how often; the most recent first.
    ///
    /// - Parameter query: what else must hold; its tenant and user do not count.
    package func receipts(
        tenant: String, user: UserPseudonym, matching query: JournalQuery = JournalQuery()
    ) throws(AuditIndexError) -> [AccessReceipt] {
        var query = query
        query.tenant = tenant
        query.user = user
        let (condition, arguments) = query.condition()
        let sql = """
            SELECT (SELECT text FROM name WHERE id = caller) AS caller, (SELECT text FROM name WHERE id = route) AS route,
                (SELECT text FROM name WHERE id = method) AS method,
                sum(CASE WHEN refused THEN 0 ELSE count END) AS forwarded,
                sum(CASE WHEN refused THEN count ELSE 0 END) AS refused, min(time) AS first, max(time) AS last
            FROM entry WHERE \(condition) AND kind != \(EntryKind.admin.rawValue)
            GROUP BY entry.caller, entry.route, entry.method ORDER BY last DESC, 1, 2
            """
        return try transact { database in
            try Row.fetchAll(database, sql: sql, arguments: arguments).map { row in
                AccessReceipt(
                    caller: row["caller"] ?? "", route: row["route"] ?? "", method: row["method"] ?? "",
                    forwarded: row["forwarded"], refused: row["refused"], first: row["first"], last: row["last"])
            }
        }
    }

    /// Lines that were no records when they were read. Not 0: verify the journal.
    package func unreadableLines() throws(AuditIndexError) -> Int {
        try transact { database in try IndexState.load(database)?.unreadable ?? 0 }
    }

    private func transact<Result>(_ body: (Database) throws -> Result) throws(AuditIndexError) -> Result {
        do {
            var result: Swift.Result<Result, any Error>?
            try queue.inDatabase { database in
                try database.inTransaction(.immediate) {
                    result = .success(try body(database))
                    return .commit
                }
            }
            guard let result else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
            return try result.get()
        } catch let error as JournalOpenError {
            throw .journal(error)
        } catch {
            throw .database(path: path, reason: "\(error)")
        }
    }
}
