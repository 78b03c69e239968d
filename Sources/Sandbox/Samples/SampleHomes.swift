// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What the first home users live in.
struct SampleHomes {
    struct SampleMeter {
        let fields: [String: String]
        let dataType: String
        /// Of a typical home's usage.
        let percent: Int

        init(_ account: String, company: Int, _ dataType: String, percent: Int) {
            fields = [
                "account_number": account, "utility_company_id": String(company), "data_type": dataType,
                "nickname": "\(dataType) meter",
            ]
            self.dataType = dataType
            self.percent = percent
        }
    }

    let building: [String: String]
    let meters: [SampleMeter]

    static let all = [
        SampleHomes(
            building: [
                "address": "123 Main St, Boston, MA 02118", "nickname": "Main Street", "building_type": "sf_detached",
                "year_built": "1950", "construction": "wood_steel", "sqft": "2400", "has_basement": "true",
                "basement_sqft": "600", "basement_conditioned": "false", "n_stories": "2", "n_bedrooms": "4",
                "heating_system": "furnace", "heating_fuel": "Gas", "cooling_system": "window_ac",
                "hot_water_fuel": "Gas", "hot_water_system": "stand_alone",
            ],
            meters: [
                SampleMeter("MAIN-E-1", company: 42, "Electric", percent: 100),
                SampleMeter("MAIN-G-1", company: 231, "Gas", percent: 120),
            ]),
        SampleHomes(
            building: [
                "address": "7 Harbor Ave, Salem, MA 01970", "nickname": "Harbor Flat", "building_type": "apt_condo",
                "year_built": "2003", "construction": "masonry", "sqft": "1100", "has_basement": "false",
                "n_stories": "1", "n_bedrooms": "2", "heating_system": "air_heat_pump", "heating_fuel": "Electric",
                "cooling_system": "mini_split", "hot_water_fuel": "Electric", "hot_water_system": "on_demand",
            ],
            meters: [
                SampleMeter("HARBOR-E-1", company: 1, "Electric", percent: 140),
                SampleMeter("HARBOR-W-1", company: 3, "Water", percent: 70),
            ]),
    ]

    static let dataMeters = [
        SampleMeter("DATA-E-1", company: 42, "Electric", percent: 80),
        SampleMeter("DATA-G-1", company: 2, "Gas", percent: 90),
    ]
}
