// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import GRDB

/// One row a call, denial or change. Texts that come again and again stand once, in `name`, which makes rows and
/// indices a third of the size.
enum IndexSchema {
    /// Another version is thrown away and built anew.
    static let version = 3

    static func create(in database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE state (
                    id INTEGER PRIMARY KEY CHECK (id = 1),
                    segment INTEGER NOT NULL, offset INTEGER NOT NULL, sequence INTEGER NOT NULL, hash TEXT NOT NULL,
                    origin TEXT NOT NULL, unreadable INTEGER NOT NULL);
                CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
                CREATE TABLE entry (
                    seq INTEGER PRIMARY KEY, outcome INTEGER, time INTEGER NOT NULL, kind INTEGER NOT NULL,
                    request_id TEXT, trace_id TEXT, tenant INTEGER, caller INTEGER, user INTEGER, route INTEGER,
                    method INTEGER, refused INTEGER, result INTEGER, status INTEGER, upstream_status INTEGER,
                    problem INTEGER, attempts INTEGER, request_bytes INTEGER, response_bytes INTEGER,
                    total_us INTEGER, count INTEGER NOT NULL, actor INTEGER, action INTEGER, object INTEGER,
                    name INTEGER);
                PRAGMA user_version = \(version);
                """)
        try createIndices(in: database)
    }

    static func createIndices(in database: Database) throws {
        try database.execute(
            sql: """
                CREATE INDEX entry_time ON entry (time);
                CREATE INDEX entry_tenant ON entry (tenant, time);
                CREATE INDEX entry_caller ON entry (caller, time);
                CREATE INDEX entry_user ON entry (user, time);
                CREATE INDEX entry_route ON entry (route, time);
                CREATE INDEX entry_status ON entry (status, time);
                CREATE INDEX entry_refused ON entry (refused, time);
                CREATE INDEX entry_request ON entry (request_id);
                """)
    }
}
