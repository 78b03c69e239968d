// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Foundation
import GRDB
import Secrets

/// The tables, as a history. A migration that was released never changes; later ones are added below it.
///
/// Names, states and times are readable to whoever can read the file; every secret is sealed.
enum StoreSchema {
    /// - Parameter check: Goes into a new store together with its first tables: none exists without.
    static func migrator(check: RootKeyCheck, now: Int64) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        let (identifier, sealed) = (check.identifier, Data(check.sealed))
        migrator.registerMigration("1 tenants, consumers, home users, callers") { database in
            for table in [ownerTables, consumerTables, homeUserTable, callerTables] { try database.execute(sql: table) }
            try database.execute(
                sql: "INSERT INTO root_key (identifier, sealed_check, created) VALUES (?, ?, ?)",
                arguments: [identifier, sealed, now])
        }
        migrator.registerMigration("2 creations, quarantine, authorizations") { database in
            for table in [creationTables, connectionTables] { try database.execute(sql: table) }
        }
        migrator.registerMigration("3 limit overrides") { database in
            try database.execute(sql: limitTable)
        }
        migrator.registerMigration("4 what the audit journal rests on") { database in
            try database.execute(sql: journalTable)
        }
        migrator.registerMigration("5 ids of accounts") { database in
            try database.execute(sql: accountColumn)
        }
        return migrator
    }

    private static let ownerTables = """
        CREATE TABLE root_key (
            identifier TEXT PRIMARY KEY NOT NULL,
            sealed_check BLOB NOT NULL,
            created INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE tenant (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            root_key TEXT NOT NULL REFERENCES root_key (identifier),
            wrapped_key BLOB NOT NULL,
            created INTEGER NOT NULL
        ) STRICT;
        """

    private static let consumerTables = """
        CREATE TABLE consumer (
            id INTEGER PRIMARY KEY,
            tenant INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            created INTEGER NOT NULL,
            UNIQUE (tenant, name)
        ) STRICT;
        CREATE TABLE consumer_version (
            consumer INTEGER NOT NULL REFERENCES consumer (id) ON DELETE CASCADE,
            version INTEGER NOT NULL,
            consumer_key TEXT NOT NULL,
            wrapped_key BLOB NOT NULL,
            sealed_secret BLOB NOT NULL,
            created INTEGER NOT NULL,
            PRIMARY KEY (consumer, version)
        ) STRICT, WITHOUT ROWID;
        """

    // A home user without a credential refers to no consumer version, and so keeps none alive.
    private static let homeUserTable = """
        CREATE TABLE home_user (
            id INTEGER PRIMARY KEY,
            tenant INTEGER NOT NULL REFERENCES tenant (id),
            name TEXT NOT NULL,
            consumer INTEGER NOT NULL REFERENCES consumer (id),
            consumer_version INTEGER,
            is_developer INTEGER NOT NULL,
            state TEXT NOT NULL,
            reason TEXT,
            since INTEGER NOT NULL,
            created INTEGER NOT NULL,
            key_version INTEGER NOT NULL,
            wrapped_key BLOB,
            credential_version INTEGER NOT NULL,
            sealed_token BLOB,
            sealed_token_secret BLOB,
            UNIQUE (tenant, name),
            FOREIGN KEY (consumer, consumer_version) REFERENCES consumer_version (consumer, version)
        ) STRICT;
        CREATE INDEX home_user_by_consumer ON home_user (consumer, consumer_version);
        """

    private static let callerTables = """
        CREATE TABLE caller (
            id INTEGER PRIMARY KEY,
            tenant INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            every_user INTEGER NOT NULL,
            scopes TEXT NOT NULL,
            created INTEGER NOT NULL,
            UNIQUE (tenant, name)
        ) STRICT;
        CREATE TABLE caller_user (
            caller INTEGER NOT NULL REFERENCES caller (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            PRIMARY KEY (caller, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE caller_key (
            id INTEGER PRIMARY KEY,
            caller INTEGER NOT NULL REFERENCES caller (id) ON DELETE CASCADE,
            identifier TEXT NOT NULL UNIQUE,
            digest BLOB NOT NULL,
            created INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX caller_key_by_caller ON caller_key (caller);
        """
}
