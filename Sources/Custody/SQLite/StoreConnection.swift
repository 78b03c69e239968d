// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import GRDB

/// The one connection to the database, and the lock that keeps it the only one.
///
/// One writer that is also the only one to checkpoint: SQLite 3.7.0 to 3.51.2 can corrupt a write-ahead log that one
/// connection resets while another commits.
final class StoreConnection: Sendable {
    let queue: DatabaseQueue
    private let lock: StoreLock

    /// How long a statement waits for a reader from outside, such as a backup tool, in seconds.
    private static let busyTimeout = 5.0

    /// Opens for writing, with every setting that durability and erasure rest on in force.
    init(files: StoreFiles, lock: StoreLock) throws(CustodyError) {
        self.lock = lock
        do {
            var configuration = Configuration()
            configuration.label = "custody"
            configuration.foreignKeysEnabled = true
            configuration.journalMode = .wal
            configuration.busyMode = .timeout(StoreConnection.busyTimeout)
            queue = try DatabaseQueue(path: files.database, configuration: configuration)
        } catch {
            throw CustodyError(opening: files.database, error)
        }
        try applySettings()
    }

    /// Sets what the opening resets or leaves open, and reads all of it back.
    private func applySettings() throws(CustodyError) {
        try translatingErrors {
            // Not before the opening: GRDB sets `synchronous = NORMAL` when it switches to WAL, and then a power
            // failure could take back an acknowledged change.
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL")
                _ = try Int.fetchOne(database, sql: "PRAGMA secure_delete = ON")
            }
        }
        try verifySettings()
    }

    /// Migrations switch foreign keys off and on again: to be called after them, too.
    func verifySettings() throws(CustodyError) {
        let settings = try translatingErrors {
            try queue.writeWithoutTransaction { database in
                try StoreSettings(of: database)
            }
        }
        guard settings == .required else {
            throw .storage(detail: "SQLite did not accept the settings \(StoreSettings.required), it has \(settings)")
        }
    }

    /// Writes the log back into the database, so that no file but the database and the lock stays behind.
    func close() {
        // A failure leaves the log, which the next opening recovers; there is nobody to tell.
        try? queue.close()
        lock.release()
    }

    deinit { close() }
}

/// The settings of a connection that promises rest on.
struct StoreSettings: Equatable {
    let journalMode: String
    /// 2 is FULL: each commit is synced.
    let synchronous: Int
    let foreignKeys: Int
    /// 1 is ON: what is deleted is overwritten with zeros.
    let secureDelete: Int

    static let required = StoreSettings(journalMode: "wal", synchronous: 2, foreignKeys: 1, secureDelete: 1)
}

extension StoreSettings {
    init(of database: Database) throws {
        journalMode = try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? ""
        synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous") ?? -1
        foreignKeys = try Int.fetchOne(database, sql: "PRAGMA foreign_keys") ?? -1
        secureDelete = try Int.fetchOne(database, sql: "PRAGMA secure_delete") ?? -1
    }
}
