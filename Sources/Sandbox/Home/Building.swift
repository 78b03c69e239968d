// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import WegoWise

/// A home user's one building.
struct Building: Hashable {
    struct Basement: Hashable {
        let sqft: Int?
        let isConditioned: Bool
    }

    let id: Int
    private(set) var nickname: String?
    let stories: Int?
    private(set) var sqft: Int
    private(set) var yearBuilt: String?
    private(set) var notes: String?
    let type: String
    let basement: Basement?
    let coolingSystem: String?
    let heatingFuel: String?
    let heatingSystem: String?
    let hotWaterFuel: String?
    let hotWaterSystem: String?
    let location: PostalAddress

    /// The page flags nearly every member as required, but its own example omits some of them and shows others in
    /// another type. What a building cannot do without is required here; the rest is checked where it is given.
    init(id: Int, fields: RequestFields) throws(APIFailure) {
        var reader = FieldReader(fields)
        let address = reader.text("address", required: true)
        let type = reader.choice("building_type", of: BuildingVocabulary.buildingTypes, required: true)
        let sqft = reader.integer("sqft", required: true)
        self.id = id
        nickname = reader.text("nickname")
        stories = reader.integer("n_stories")
        yearBuilt = reader.integer("year_built").map(String.init)
        notes = reader.text("notes")
        basement = Self.basement(&reader)
        coolingSystem = reader.choice("cooling_system", of: BuildingVocabulary.coolingSystems)
        heatingFuel = reader.choice("heating_fuel", of: BuildingVocabulary.heatingFuels)
        heatingSystem = reader.choice("heating_system", of: BuildingVocabulary.heatingSystems)
        hotWaterFuel = reader.choice("hot_water_fuel", of: BuildingVocabulary.hotWaterFuels)
        hotWaterSystem = reader.choice("hot_water_system", of: BuildingVocabulary.hotWaterSystems)
        Self.checkMembersWithoutEcho(&reader)
        self.sqft = sqft ?? 0
        self.type = type ?? ""
        location = PostalAddress(address ?? "")
        try reader.finish()
    }

    /// The members that the documentation's own example of a change may name; others are left alone.
    func updated(with fields: RequestFields) throws(APIFailure) -> Building {
        var building = self
        var reader = FieldReader(fields)
        building.sqft = reader.integer("sqft") ?? sqft
        building.yearBuilt = reader.integer("year_built").map(String.init) ?? yearBuilt
        building.nickname = reader.text("nickname") ?? nickname
        building.notes = reader.text("notes") ?? notes
        _ = reader.flag("has_elevator")
        try reader.finish()
        return building
    }

    private static func basement(_ reader: inout FieldReader) -> Basement? {
        let exists = reader.flag("has_basement") ?? false
        let sqft = reader.integer("basement_sqft")
        let isConditioned = reader.flag("basement_conditioned") ?? false
        return exists ? Basement(sqft: sqft, isConditioned: isConditioned) : nil
    }

    /// These never come back in a reply, but a wrong one is refused all the same.
    private static func checkMembersWithoutEcho(_ reader: inout FieldReader) {
        _ = reader.choice("construction", of: BuildingVocabulary.constructions)
        _ = reader.choice("dryer_fuel", of: BuildingVocabulary.dryerFuels)
        _ = reader.choice("pool_fuel", of: BuildingVocabulary.poolFuels)
        for name in ["n_bedrooms"] + ["water", "electric", "gas", "oil"].map({ "n_\($0)_general_meters" }) {
            _ = reader.integer(name)
        }
        for name in [
            "green_certified", "leed_certified", "epa_certified", "nahb_certified", "other_certified", "has_laundry",
            "has_pool", "pool_year_round", "draft",
        ] {
            _ = reader.flag(name)
        }
    }

    /// Everything but an unconditioned basement.
    var conditionedSqft: Int {
        guard let basement, !basement.isConditioned else { return sqft }
        return max(0, sqft - (basement.sqft ?? 0))
    }
}

extension Building {
    var json: JSONOutput {
        .object([
            ("conditioned_sqft", .integer(conditionedSqft)),
            ("id", .integer(id)),
            ("nickname", .optional(nickname)),
            ("n_stories", .optional(stories)),
            ("n_apartments", .integer(1)),
            ("sqft", .integer(sqft)),
            ("year_built", .optional(yearBuilt)),
            ("notes", .optional(notes)),
            ("type", .string(type)),
            ("basement", basementJSON),
            ("cooling", .object([("system", .optional(coolingSystem))])),
            ("heating", .object([("fuel", .optional(heatingFuel)), ("system", .optional(heatingSystem))])),
            ("hot_water", .object([("fuel", .optional(hotWaterFuel)), ("system", .optional(hotWaterSystem))])),
            ("location", location.json),
        ])
    }

    private var basementJSON: JSONOutput {
        guard let basement else { return .null }
        return .object([("sqft", .optional(basement.sqft)), ("conditioned", .bool(basement.isConditioned))])
    }
}
