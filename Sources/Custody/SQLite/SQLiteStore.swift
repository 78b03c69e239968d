// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import GRDB
import Secrets
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The store in one SQLite file, `custody.sqlite`, that one process at a time has open.
///
/// The operations block on a serial queue, so changes reach the snapshot in the order in which they were committed.
package final class SQLiteStore: CustodyStore {
    private let connection: StoreConnection
    private let keys: KeyHierarchy
    private let ring: KeyRing
    private let limits: CustodyLimits
    private let now: @Sendable () -> Int64
    private let current: Mutex<Snapshot>

    package var snapshot: Snapshot { current.withLock { $0 } }

    /// Opens the store in the directory, and reads all of it.
    ///
    /// A key ring without the store's root key, a store of a newer version, or a lock held by somebody else is an error
    /// that leaves every file as it was.
    /// - Parameter createIfMissing: Also creates the directory (its parent must exist), with mode 0700.
    /// - Parameter now: Seconds since 1970.
    package static func open(
        directory: String, keyRing: KeyRing, createIfMissing: Bool, limits: CustodyLimits = CustodyLimits(),
        now: @escaping @Sendable () -> Int64 = { Int64(time(nil)) }
    ) throws(CustodyError) -> SQLiteStore {
        let files = StoreFiles(directory: directory)
        try files.prepareDirectory(creating: createIfMissing)
        if !createIfMissing, try !files.databaseHasContent() { throw .missing(path: files.database) }
        let lock = try StoreLock(path: files.lock)
        let migrator = StoreSchema.migrator(check: try RootKeyCheck.make(under: keyRing), now: now())
        if try StoreProbe(files: files, migrator: migrator, ring: keyRing).inspect() == .empty {
            guard createIfMissing else { throw .missing(path: files.database) }
            try files.createDatabaseFile()
        }
        try files.restrictDatabaseFile()
        let connection = try StoreConnection(files: files, lock: lock)
        try translatingErrors { try migrator.migrate(connection.queue) }
        try connection.verifySettings()
        return try SQLiteStore(connection: connection, ring: keyRing, limits: limits, now: now)
    }

    private init(
        connection: StoreConnection, ring: KeyRing, limits: CustodyLimits, now: @escaping @Sendable () -> Int64
    ) throws(CustodyError) {
        let keys = KeyHierarchy(ring: ring)
        let snapshot = try translatingErrors {
            try connection.queue.read { try SnapshotLoader(database: $0, keys: keys).load() }
        }
        self.connection = connection
        self.keys = keys
        self.ring = ring
        self.limits = limits
        self.now = now
        current = Mutex(snapshot)
    }

    /// Waits for running operations. Later ones fail; the snapshot stays readable. Can be called again without harm.
    package func close() {
        connection.close()
    }

    /// Runs the body in one transaction and, when that is durable, shows its changes in the snapshot.
    func commit<R>(_ body: (inout StoreTransaction) throws -> R) throws(CustodyError) -> R {
        try translatingErrors {
            try connection.queue.writeWithoutTransaction { database in
                var transaction = StoreTransaction(
                    database: database, keys: keys, ring: ring, limits: limits, now: now())
                var result: Result<R, any Error>?
                try database.inTransaction(.immediate) {
                    result = .success(try body(&transaction))
                    return .commit
                }
                // Still on the queue: no later commit can overtake.
                current.withLock { $0.apply(transaction.changes) }
                if transaction.erasesKeys { eraseFromLog(database) }
                guard let result else { preconditionFailure("a committed transaction has a result") }
                return try result.get()
            }
        }
    }

    /// Empties the write-ahead log: the database overwrites what it deletes, the log would keep the old pages.
    private func eraseFromLog(_ database: Database) {
        // The change itself is durable. If a reader from outside holds the log back, a later erasure or the closing
        // empties it.
        _ = try? database.checkpoint(.truncate)
    }
}
