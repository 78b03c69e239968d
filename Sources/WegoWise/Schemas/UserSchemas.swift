// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Bodies that create home users.
enum UserSchemas {
    /// All five are required by the page's schema; the message for a blank username is documented.
    static let create = RequestSchema(
        "NewHomeUser",
        [
            SchemaMember("email", .textNotBlank, .always),
            SchemaMember("first_name", .textNotBlank, .always),
            SchemaMember("last_name", .textNotBlank, .always),
            SchemaMember("username", .textNotBlank, .always),
            SchemaMember("password", .textNotBlank, .always, isSecret: true),
        ])
}
