// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import GRDB
import Secrets

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Looks at a store without changing it: a wrong root key or a newer format must not cost one byte.
struct StoreProbe {
    enum Finding: Equatable {
        /// No tables yet: there is no file, or a creation was cut off.
        case empty
        /// A store of ours, sealed under a key that the ring holds.
        case ours
    }

    let files: StoreFiles
    let migrator: DatabaseMigrator
    let ring: KeyRing

    /// The lock must be held.
    func inspect() throws(CustodyError) -> Finding {
        guard try files.databaseHasContent() else { return .empty }
        let absent = files.companions.filter { access($0, F_OK) != 0 }
        // Reading a database in WAL mode creates an empty log and its index, which stay behind a read-only connection.
        defer { for path in absent { unlink(path) } }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: files.database, configuration: configuration)
            defer { try? queue.close() }
            return try queue.read { database in try inspect(database) }
        } catch {
            throw CustodyError(opening: files.database, error)
        }
    }

    private func inspect(_ database: Database) throws -> Finding {
        guard try database.tableExists("root_key") else {
            let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            guard tables == 0 else { throw CustodyError.storage(detail: "it is not a custody store of wego-gateway") }
            return .empty
        }
        guard try !migrator.hasBeenSuperseded(database) else { throw CustodyError.newerFormat(path: files.database) }
        // All of them: while root keys are being exchanged, both are needed.
        let checks = try Row.fetchAll(database, sql: "SELECT identifier, sealed_check FROM root_key ORDER BY created")
        guard !checks.isEmpty else { throw CustodyError.tampered(what: "the check value of the root key is gone") }
        for row in checks {
            try RootKeyCheck(identifier: row["identifier"], sealed: row.bytes("sealed_check")).verify(with: ring)
        }
        return .ours
    }
}
