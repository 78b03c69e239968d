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
        write("buildings.update", "PUT", "buildings/{id}", ProSchemas.building),
        write("buildings.delete", "DELETE", "buildings/{id}"),
        read("buildings.data", "buildings/{id}/data", query: monthly, .client),
        read("development_buildings.list", "developments/{id}/buildings", .thirdParty),
        write("development_buildings.create", "POST", "developments/{id}/buildings", ProSchemas.building),
        write("developments.create", "POST", "developments", ProSchemas.development),
    ]

    private static let apartments = [
        read("apartments.list", "buildings/{id}/apartments", .client),
        write("apartments.create", "POST", "buildings/{id}/apartments", ProSchemas.apartment),
        read("apartments.show", "apartments/{id}", .client),
        write("apartments.update", "PUT", "apartments/{id}", ProSchemas.apartment),
        write("apartments.delete", "DELETE", "apartments/{id}"),
        read("apartments.data", "apartments/{id}/data", query: monthly, .client),
    ]

    private static let areas = [
        read("areas.list", "buildings/{id}/areas", .thirdParty),
        write("areas.create", "POST", "buildings/{id}/areas", ProSchemas.area),
        read("areas.show", "areas/{id}", .thirdParty),
        write("areas.update", "PUT", "areas/{id}", ProSchemas.area),
        write("areas.delete", "DELETE", "areas/{id}"),
    ]

    private static let meters = [
        read("building_meters.list", "buildings/{id}/meters", .client),
        read("apartment_meters.list", "apartments/{id}/meters", .client),
        read("user_meters.list", "users/{username}/meters", .client),
        read("structures.list", "meters/{id}/structures", .client),
        read("meters.data", "meters/{id}/data", query: monthly, .thirdParty),
        read("raw_data.list", "meters/{id}/raw_data", .thirdParty),
        write("raw_data.create", "POST", "meters/{id}/raw_data", RawDatumSchemas.create),
    ]

    /// An older form without a product segment, used by an example on the page: data in the query, no body.
    private static let legacy = [
        Route(
            "legacy.buildings.update", "PUT", "/api/v1/users/{username}/buildings/{id}",
            signer: .anyToken, access: .write, confidence: .documented, queryNames: ["sqft", "has_elevator"])
    ]

    private static let monthly = ["data_type", "unit", "start_date", "end_date"]

    private static func read(
        _ name: String, _ path: String, aliases: [String] = [], query: [String] = [], _ confidence: Confidence
    ) -> Route {
        Route(
            "wego_pro.\(name)", "GET", "/api/v1/wego_pro/\(path)", aliases: aliases.map { "/api/v1/wego_pro/\($0)" },
            signer: .anyToken, access: .read, confidence: confidence, queryNames: query)
    }

    /// No writing operation of this area is attested better than by a third-party profile.
    private static func write(
        _ name: String, _ method: String, _ path: String, _ schema: RequestSchema? = nil
    ) -> Route {
        Route(
            "wego_pro.\(name)", method, "/api/v1/wego_pro/\(path)",
            signer: .anyToken, access: .write, successCodes: method == "DELETE" ? [204] : [200],
            confidence: .thirdParty, requestSchema: schema)
    }
}
