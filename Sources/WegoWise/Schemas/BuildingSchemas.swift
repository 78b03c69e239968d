// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Bodies that describe buildings.
enum BuildingSchemas {
    /// The page flags nearly everything as required, but its own example omits some members. What no building can do
    /// without is always required; the rest in strict mode; the members its example omits never.
    static let create = RequestSchema(
        "NewBuilding", place + shape + certificates + meterCounts + equipment + remarks,
        rules: [
            .advised(
                ["leed_certified", "epa_certified", "nahb_certified", "other_certified", "leed_level"],
                flag: "green_certified")
        ])

    private static let place = [
        SchemaMember("address", .textNotBlank, .always),
        SchemaMember("nickname", .text, .strict),
        SchemaMember("building_type", .word(BuildingVocabulary.buildingTypes, anyLetterCase: false), .always),
        SchemaMember("year_built", .integer(.year), .strict),
        SchemaMember("construction", .word(BuildingVocabulary.constructions, anyLetterCase: false), .strict),
    ]

    private static let shape = [
        SchemaMember("sqft", .integer(.area), .always),
        SchemaMember("has_basement", .boolean, .strict),
        SchemaMember("basement_sqft", .integer(.area), .strict),
        SchemaMember("basement_conditioned", .boolean, .strict),
        SchemaMember("n_stories", .integer(.count), .strict),
        SchemaMember("n_bedrooms", .integer(.count), .strict),
    ]

    private static let certificates = [
        SchemaMember("green_certified", .boolean, .strict),
        SchemaMember("leed_certified", .boolean, .optional),
        SchemaMember("epa_certified", .boolean, .optional),
        SchemaMember("nahb_certified", .boolean, .optional),
        SchemaMember("other_certified", .boolean, .optional),
        SchemaMember("leed_level", .integerOrWord(.level, BuildingVocabulary.leedLevels), .optional),
    ]

    private static let meterCounts = ["water", "electric", "gas", "oil"].map {
        SchemaMember("n_\($0)_general_meters", .integer(.count), .strict)
    }

    private static let equipment = [
        SchemaMember("heating_system", .word(BuildingVocabulary.heatingSystems, anyLetterCase: false), .strict),
        SchemaMember("heating_fuel", .word(BuildingVocabulary.heatingFuels, anyLetterCase: false), .strict),
        SchemaMember("cooling_system", .word(BuildingVocabulary.coolingSystems, anyLetterCase: false), .strict),
        SchemaMember("hot_water_fuel", .word(BuildingVocabulary.hotWaterFuels, anyLetterCase: false), .strict),
        SchemaMember("hot_water_system", .word(BuildingVocabulary.hotWaterSystems, anyLetterCase: false), .strict),
        SchemaMember("has_laundry", .boolean, .strict),
        SchemaMember("dryer_fuel", .word(BuildingVocabulary.dryerFuels, anyLetterCase: false), .optional),
        SchemaMember("has_pool", .boolean, .strict),
        SchemaMember("pool_year_round", .boolean, .optional),
        SchemaMember("pool_fuel", .word(BuildingVocabulary.poolFuels, anyLetterCase: false), .optional),
    ]

    /// `draft` is in the page's example and not in its schema.
    private static let remarks = [
        SchemaMember("notes", .text, .optional),
        SchemaMember("draft", .boolean, .optional),
    ]
}
