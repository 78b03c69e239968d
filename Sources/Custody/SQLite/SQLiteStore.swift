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
    let limits: CustodyLimits
    let now: @Sendable () -> Int64
    /// For answers that the database does not take.
    let spillRoom: SpillRoom
    private let current: Mutex<Snapshot>
    private let settled = Mutex(SettledChanges())

    package var snapshot: Snapshot { current.withLock { $0 } }

    /// Opens the store in the directory, and reads all of it.
    ///
    /// A key ring without the store's root key, a store of a newer version, or a lock held by somebody else is an error
    /// that leaves every file as it was.
    /// - Parameter createIfMissing: Also creates the directory (its parent must exist), with mode 0700.
    /// - Parameter settling: False leaves what a process that died left behind as it is, until `settle` is called.
    /// - Parameter now: Seconds since 1970.
    package static func open(
        directory: String, keyRing: KeyRing, createIfMissing: Bool, limits: CustodyLimits = CustodyLimits(),
        settling: Bool = true, now: @escaping @Sendable () -> Int64 = { Int64(time(nil)) }
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
        let room = SpillRoom(directory: files.quarantine, places: limits.maximumCreationsAtOnce)
        let store = try SQLiteStore(connection: connection, spillRoom: room, ring: keyRing, limits: limits, now: now)
        // A process may have died between an erasure and the emptying of the log.
        connection.queue.writeWithoutTransaction(store.eraseFromLog)
        if settling { try store.settle() }
        return store
    }

    private init(
        connection: StoreConnection, spillRoom: SpillRoom, ring: KeyRing, limits: CustodyLimits,
        now: @escaping @Sendable () -> Int64
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
        self.spillRoom = spillRoom
        current = Mutex(snapshot)
    }

    /// Waits for running operations. Later ones fail; the snapshot stays readable. Can be called again without harm.
    package func close() {
        spillRoom.close()
        connection.close()
    }

    /// Ends what a process that died left behind, once; and from then on takes answers in that the database did not take.
    package func settle() throws(CustodyError) {
        settled.withLock { $0.mayBegin = true }
        if try hasPending() {
            let before = snapshot
            for (name, tenant) in try commitAlone({ try $0.settleAfterCrash() }) {
                noteSettled(.creatorIsGone, name, in: tenant, since: before)
            }
        }
        takeInSpilled()
    }

    /// Whether `settle` has something to do. Only before anything is created.
    package func needsSettling() throws(CustodyError) -> Bool {
        try hasPending() || !spillRoom.answers.isEmpty
    }

    private func hasPending() throws(CustodyError) -> Bool {
        try translatingErrors {
            try connection.queue.read { database in
                try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM home_user WHERE state = 'pending')")
                    ?? false
            }
        }
    }

    /// Runs the body in one transaction and, when that is durable, shows its changes in the snapshot.
    func commit<R>(_ body: (inout StoreTransaction) throws -> R) throws(CustodyError) -> R {
        let result = try commitAlone(body)
        // The database works: what it did not take before, it may take now.
        takeInSpilled()
        return result
    }

    /// Runs the body on what is committed. It must not change anything.
    func read<R>(_ body: (StoreTransaction) throws -> R) throws(CustodyError) -> R {
        try translatingErrors {
            // Not the queue's own `read`: on a closed connection that is a crash, a transaction is an error.
            try connection.queue.writeWithoutTransaction { database in
                var result: Result<R, any Error>?
                try database.inTransaction(.deferred) {
                    let view = StoreTransaction(database: database, keys: keys, ring: ring, limits: limits, now: now())
                    result = .success(try body(view))
                    return .commit
                }
                guard let result else { preconditionFailure("a finished transaction has a result") }
                return try result.get()
            }
        }
    }

    /// Moves answers from the emergency file into the database, as far as that works.
    func takeInSpilled() {
        guard settled.withLock({ $0.mayBegin }) else { return }
        while let (place, answer) = spillRoom.beginMove() {
            do {
                let before = snapshot
                // False: the home user is gone, and nothing can open the answer any more.
                _ = try commitAlone { try $0.quarantine(answer) }
                noteSettled(.answerTakenIn, answer.user, in: answer.tenant, since: before)
                try spillRoom.endMove(of: place)
            } catch {
                spillRoom.abandonMove(of: place)
                return
            }
        }
    }

    /// Hands on what the store has changed by itself since it was opened, and from then on does so at once, on the
    /// thread that led to it, which holds no lock.
    package func observeSettling(_ observer: @escaping @Sendable (SettledChange) -> Void) {
        for change in settled.withLock({ $0.begin(observer) }) { observer(change) }
    }

    private func noteSettled(
        _ cause: SettledChange.Cause, _ name: HomeUserName, in tenant: TenantName, since earlier: Snapshot
    ) {
        guard let before = earlier.homeUser(name, in: tenant), let after = snapshot.homeUser(name, in: tenant),
            before.user != after.user
        else { return }
        let change = SettledChange(cause: cause, before: before, after: after)
        settled.withLock { $0.add(change) }?(change)
    }

    private func commitAlone<R>(_ body: (inout StoreTransaction) throws -> R) throws(CustodyError) -> R {
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
