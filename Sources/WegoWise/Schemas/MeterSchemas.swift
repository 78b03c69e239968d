// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Bodies about meters and the logins at utility companies they are imported with.
enum MeterSchemas {
    static let createHome = RequestSchema(
        "NewHomeMeter",
        [
            SchemaMember("account_number", .textNotBlank, .always),
            dataType,
            SchemaMember("nickname", .text, .optional),
            SchemaMember("notes", .text, .optional),
            SchemaMember("username", .text, .optional, isSecret: true),
            SchemaMember("password", .text, .optional, isSecret: true),
            SchemaMember("utility_company_id", .integer(.identifier), .optional),
            SchemaMember("other_utility_company", .text, .optional),
        ],
        rules: [
            .either("utility_company_id", "other_utility_company"),
            .together("username", "password"),
            .advised(["data_type"], flag: nil),
        ])

    /// A login named by `utility_login_id` makes username and password needless.
    static let createData = RequestSchema(
        "NewDataMeter",
        [
            SchemaMember("account_number", .textNotBlank, .always),
            dataType,
            SchemaMember("nickname", .text, .optional),
            SchemaMember("notes", .text, .optional),
            SchemaMember("username", .text, .optional, isSecret: true),
            SchemaMember("password", .text, .optional, isSecret: true),
            SchemaMember("utility_company_id", .integer(.identifier), .optional),
            SchemaMember("utility_login_id", .integer(.identifier), .optional),
        ],
        rules: [
            .together("username", "password"),
            .advised(["data_type"], flag: nil),
            .advised(["utility_company_id", "utility_login_id"], flag: nil),
        ])

    static let updateData = RequestSchema(
        "DataMeterChange",
        [
            SchemaMember("nickname", .text, .optional),
            SchemaMember("notes", .text, .optional),
            SchemaMember("for_heating", .boolean, .optional),
        ])

    static let createLogin = RequestSchema(
        "NewUtilityLogin",
        [
            SchemaMember("username", .textNotBlank, .always, isSecret: true),
            SchemaMember("password", .textNotBlank, .always, isSecret: true),
            SchemaMember("utility_company_id", .integer(.identifier), .always),
        ])

    static let updateLogin = RequestSchema(
        "UtilityLoginChange",
        [
            SchemaMember("username", .text, .optional, isSecret: true),
            SchemaMember("password", .text, .optional, isSecret: true),
        ],
        rules: [.advised(["username", "password"], flag: nil)])

    private static let dataType = SchemaMember(
        "data_type", .word(MeterVocabulary.dataTypes, anyLetterCase: true), .optional)
}
