// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Audit
import GRDB

/// How far the index has read. Changes in the transaction that adds the rows.
struct IndexState {
    var position: JournalPosition

    /// Of the last record read.
    var hash: String

    /// Of the segment that `position` is in, see `JournalReader`; empty if it was not known.
    var origin: String
    var unreadable: Int

    static func load(_ database: Database) throws -> IndexState? {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM state") else { return nil }
        return IndexState(
            position: JournalPosition(
                segment: UInt64(clamping: row["segment"] as Int64), offset: row["offset"],
                sequence: UInt64(clamping: row["sequence"] as Int64)),
            hash: row["hash"], origin: row["origin"], unreadable: row["unreadable"])
    }

    func save(_ database: Database) throws {
        try database.execute(
            sql: "INSERT OR REPLACE INTO state VALUES (1, ?, ?, ?, ?, ?, ?)",
            arguments: [
                Int64(clamping: position.segment), position.offset, Int64(clamping: position.sequence), hash,
                origin, unreadable,
            ])
    }
}
