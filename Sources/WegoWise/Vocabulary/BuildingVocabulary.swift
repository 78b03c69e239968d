// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// The closed word lists of a building's members. Case matters: fuels are capitalised, systems are not.
package enum BuildingVocabulary {
    package static let buildingTypes = singleFamilyTypes + multiFamilyTypes
    package static let singleFamilyTypes = ["sf_detached", "sf_attached", "apt_condo", "mobile_home"]
    package static let multiFamilyTypes = ["multifamily", "lowrise", "midrise", "highrise"]
    package static let constructions = ["wood_steel", "concrete", "masonry", "modular", "sips", "other"]
    package static let heatingSystems = [
        "furnace", "h_e_furnace", "steam_boiler", "hot_water_boiler", "h_e_boiler", "apt_heat_pumps",
        "ground_heat_pump", "air_heat_pump", "hot_water", "h_e_hot_water", "baseboard", "ptac", "other",
    ]
    package static let heatingFuels = ["Electric", "Gas", "Oil", "Steam", "Propane"]
    package static let coolingSystems = [
        "window_ac", "sleeve", "mini_split", "ptac", "central", "rooftop", "ground_heat_pump", "tower_heat_pump",
        "air_chiller", "water_chiller", "none", "other",
    ]
    package static let hotWaterSystems = [
        "indirect_with_heat", "indirect_boiler", "tankless_coil", "stand_alone", "on_demand", "cogen", "other",
    ]
    package static let hotWaterFuels = ["Electric", "Oil", "Gas", "Steam", "Propane", "Solar"]
    package static let dryerFuels = ["Electric", "Gas"]
    package static let poolFuels = ["none", "electric", "gas", "solar"]
    package static let leedLevels = ["Platinum", "Gold", "Silver", "Certified"]
}
