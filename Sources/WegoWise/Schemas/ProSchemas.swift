// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Bodies of wego_pro. None is documented: only what replies show about types is checked, and nothing is required,
/// not even a body: an example of the page puts its data into the query of a PUT.
enum ProSchemas {
    static let development = RequestSchema("ProDevelopment", [], isBodyRequired: false)
    static let area = RequestSchema("ProArea", [], isBodyRequired: false)

    /// Commercial buildings have codes of their own, so the type is free text here.
    static let building = RequestSchema(
        "ProBuilding",
        [
            SchemaMember("nickname", .text, .optional),
            SchemaMember("building_type", .text, .optional),
            SchemaMember("year_built", .integer(.year), .optional),
            SchemaMember("sqft", .integer(.area), .optional),
            SchemaMember("n_stories", .integer(.count), .optional),
            SchemaMember("notes", .text, .optional),
        ], isBodyRequired: false)

    static let apartment = RequestSchema(
        "ProApartment",
        [
            SchemaMember("n_bedrooms", .integer(.count), .optional),
            SchemaMember("sqft", .integer(.area), .optional),
        ], isBodyRequired: false)
}
