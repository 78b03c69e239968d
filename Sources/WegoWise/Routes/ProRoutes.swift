// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// wego_pro: portfolios of organizations, with developments, buildings, apartments, areas and meters.
enum ProRoutes {
    static let all = accounts + buildings + apartments + areas + meters + legacy

    private static let accounts = [
        read("user.show", "user", .client),
        read("organizations.list", "organizations", .client),
        read("organizations.show", "organization/{id}", aliases: ["organizations/{id}"], .client),
        read("members.list", "organizations/{id}/members", .client),
    ]

    private static let buildings = [
        read("buildings.list", "buildings", .client),
        read("buildings.show", "buildings/{id}", .client),
        write("buildings.update", "PUT", "buildings/{id}"),
        write("buildings.delete", "DELETE", "buildings/{id}"),
        read("buildings.data", "buildings/{id}/data", .client),
        read("development_buildings.list", "developments/{id}/buildings", .thirdParty),
        write("development_buildings.create", "POST", "developments/{id}/buildings"),
        write("developments.create", "POST", "developments"),
    ]

    private static let apartments = [
        read("apartments.list", "buildings/{id}/apartments", .client),
        write("apartments.create", "POST", "buildings/{id}/apartments"),
        read("apartments.show", "apartments/{id}", .client),
        write("apartments.update", "PUT", "apartments/{id}"),
        write("apartments.delete", "DELETE", "apartments/{id}"),
        read("apartments.data", "apartments/{id}/data", .client),
    ]

    private static let areas = [
        read("areas.list", "buildings/{id}/areas", .thirdParty),
        write("areas.create", "POST", "buildings/{id}/areas"),
        read("areas.show", "areas/{id}", .thirdParty),
        write("areas.update", "PUT", "areas/{id}"),
        write("areas.delete", "DELETE", "areas/{id}"),
    ]

    private static let meters = [
        read("building_meters.list", "buildings/{id}/meters", .client),
        read("apartment_meters.list", "apartments/{id}/meters", .client),
        read("user_meters.list", "users/{username}/meters", .client),
        read("structures.list", "meters/{id}/structures", .client),
        read("meters.data", "meters/{id}/data", .thirdParty),
        read("raw_data.list", "meters/{id}/raw_data", .thirdParty),
        write("raw_data.create", "POST", "meters/{id}/raw_data"),
    ]

    /// An older form without a product segment, used by an example on the page: data in the query, no body.
    private static let legacy = [
        Route(
            "legacy.buildings.update", "PUT", "/api/v1/users/{username}/buildings/{id}",
            signer: .anyToken, access: .write, confidence: .documented)
    ]

    private static func read(
        _ name: String, _ path: String, aliases: [String] = [], _ confidence: Confidence
    ) -> Route {
        Route(
            "wego_pro.\(name)", "GET", "/api/v1/wego_pro/\(path)", aliases: aliases.map { "/api/v1/wego_pro/\($0)" },
            signer: .anyToken, access: .read, confidence: confidence)
    }

    /// No writing operation of this area is attested better than by a third-party profile.
    private static func write(_ name: String, _ method: String, _ path: String) -> Route {
        Route(
            "wego_pro.\(name)", method, "/api/v1/wego_pro/\(path)",
            signer: .anyToken, access: .write, successCodes: method == "DELETE" ? [204] : [200],
            confidence: .thirdParty)
    }
}
