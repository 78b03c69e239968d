// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What came with the second version: how home users come, change their credentials and go.
extension StoreSchema {
    // A name is taken by the row of the home user itself, in state `pending`: the constraint that keeps names unique does
    // not know two kinds of them. The same row keeps the consumer version alive.
    static let creationTables = """
        ALTER TABLE home_user ADD COLUMN upstream_username TEXT;
        CREATE TABLE reservation (
            home_user INTEGER PRIMARY KEY NOT NULL REFERENCES home_user (id) ON DELETE CASCADE,
            identifier TEXT NOT NULL UNIQUE,
            developer TEXT NOT NULL,
            request_id TEXT NOT NULL,
            created INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE quarantine (
            id INTEGER PRIMARY KEY,
            identifier TEXT NOT NULL UNIQUE,
            home_user INTEGER NOT NULL REFERENCES home_user (id) ON DELETE CASCADE,
            reason TEXT NOT NULL,
            sealed_answer BLOB NOT NULL,
            byte_count INTEGER NOT NULL,
            created INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX quarantine_by_home_user ON quarantine (home_user);
        """

    // Came with the fifth version.
    static let accountColumn = "ALTER TABLE home_user ADD COLUMN upstream_id TEXT"

    // A previous credential without a state belongs to a home user that did not exist before. A session without a sealed
    // secret was taken.
    static let connectionTables = """
        CREATE TABLE previous_credential (
            home_user INTEGER PRIMARY KEY NOT NULL REFERENCES home_user (id) ON DELETE CASCADE,
            state TEXT,
            reason TEXT,
            since INTEGER NOT NULL,
            consumer INTEGER NOT NULL REFERENCES consumer (id),
            consumer_version INTEGER,
            credential_version INTEGER NOT NULL,
            sealed_token BLOB,
            sealed_token_secret BLOB,
            FOREIGN KEY (consumer, consumer_version) REFERENCES consumer_version (consumer, version)
        ) STRICT;
        CREATE INDEX previous_credential_by_consumer ON previous_credential (consumer, consumer_version);
        CREATE TABLE oauth_session (
            id INTEGER PRIMARY KEY,
            identifier TEXT NOT NULL UNIQUE,
            token_digest BLOB NOT NULL UNIQUE,
            tenant INTEGER NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
            user TEXT NOT NULL,
            consumer INTEGER NOT NULL,
            consumer_version INTEGER NOT NULL,
            mode TEXT NOT NULL,
            return_to TEXT,
            created INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            sealed_secret BLOB,
            FOREIGN KEY (consumer, consumer_version) REFERENCES consumer_version (consumer, version) ON DELETE CASCADE
        ) STRICT;
        CREATE INDEX oauth_session_by_tenant ON oauth_session (tenant, user);
        CREATE INDEX oauth_session_by_consumer ON oauth_session (consumer, consumer_version);
        CREATE INDEX oauth_session_by_expiry ON oauth_session (expires);
        """
}
