// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// wego_home: home users, each with one building, its meters and their raw data.
enum HomeRoutes {
    static let all = users + building + meters + rawData

    /// Creation is signed by the developer; destruction names nobody and ends the owner of the signing token.
    /// Singular and plural are both plausible, so each is the other's alias.
    private static let users = [
        Route(
            "wego_home.users.create", "POST", "/api/v1/wego_home/users", aliases: ["/api/v1/wego_home/user"],
            signer: .developer, access: .users, confidence: .inferred, requestSchema: UserSchemas.create,
            secretsInAnswer: ["oauth_token_key", "oauth_token", "oauth_token_secret"]),
        Route(
            "wego_home.users.destroy", "DELETE", "/api/v1/wego_home/user", aliases: ["/api/v1/wego_home/users"],
            signer: .homeUser, access: .users, successCodes: [204], confidence: .inferred),
    ]

    /// A working client says `building`, the prose of the page says `buildings`.
    private static let building = [
        Route(
            "wego_home.building.create", "POST", "/api/v1/wego_home/building",
            aliases: ["/api/v1/wego_home/buildings"],
            signer: .homeUser, access: .write, confidence: .inferred, requestSchema: BuildingSchemas.create),
        Route(
            "wego_home.building.show", "GET", "/api/v1/wego_home/building",
            aliases: ["/api/v1/wego_home/buildings"],
            signer: .homeUser, access: .read, confidence: .client),
        Route(
            "wego_home.building.delete", "DELETE", "/api/v1/wego_home/building",
            aliases: ["/api/v1/wego_home/buildings"],
            signer: .homeUser, access: .write, successCodes: [204], confidence: .inferred),
    ]

    private static let meters = [
        Route(
            "wego_home.meters.create", "POST", "/api/v1/wego_home/meters",
            signer: .homeUser, access: .write, confidence: .inferred, requestSchema: MeterSchemas.createHome),
        Route(
            "wego_home.meters.list", "GET", "/api/v1/wego_home/meters",
            signer: .homeUser, access: .read, confidence: .client),
        Route(
            "wego_home.meters.delete", "DELETE", "/api/v1/wego_home/meters/{id}",
            signer: .homeUser, access: .write, successCodes: [204], confidence: .inferred),
    ]

    private static let rawData = [
        Route(
            "wego_home.raw_data.create", "POST", "/api/v1/wego_home/meters/{id}/raw_data",
            signer: .homeUser, access: .write, confidence: .inferred, requestSchema: RawDatumSchemas.create),
        Route(
            "wego_home.raw_data.list", "GET", "/api/v1/wego_home/meters/{id}/raw_data",
            signer: .homeUser, access: .read, confidence: .client),
        Route(
            "wego_home.raw_data.delete", "DELETE", "/api/v1/wego_home/meters/{id}/raw_data/{datum_id}",
            signer: .homeUser, access: .write, successCodes: [204], confidence: .inferred),
    ]
}
