// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

extension StoreSchema {
    // One row, made with the first record. The configuration is kept as fingerprints, to see what changed while no
    // gateway ran.
    static let journalTable = """
        CREATE TABLE journal (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            root_key TEXT NOT NULL REFERENCES root_key (identifier),
            sealed_key BLOB NOT NULL,
            configuration TEXT NOT NULL DEFAULT ''
        ) STRICT;
        """
}
