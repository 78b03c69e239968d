// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What came with the third version: limits that differ from the defaults.
extension StoreSchema {
    // Exactly one of the first four names the object, so that the override goes with it. Rates are texts, windows a list of
    // them with commas; an empty text is an empty list.
    static let limitTable = """
        CREATE TABLE limit_override (
            id INTEGER PRIMARY KEY,
            home_user INTEGER UNIQUE REFERENCES home_user (id) ON DELETE CASCADE,
            caller INTEGER UNIQUE REFERENCES caller (id) ON DELETE CASCADE,
            tenant INTEGER UNIQUE REFERENCES tenant (id) ON DELETE CASCADE,
            consumer INTEGER UNIQUE REFERENCES consumer (id) ON DELETE CASCADE,
            rate TEXT,
            burst INTEGER,
            concurrency INTEGER,
            windows TEXT,
            is_shadow INTEGER,
            note TEXT,
            since INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            CHECK ((home_user IS NOT NULL) + (caller IS NOT NULL) + (tenant IS NOT NULL) + (consumer IS NOT NULL) = 1)
        ) STRICT;
        """
}
