// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// wego_data: meters, utility logins and raw data of data-only accounts.
enum DataRoutes {
    static let all = meters + utilityLogins + rawData

    private static let meters = [
        Route(
            "wego_data.meters.list", "GET", "/api/v1/wego_data/meters",
            signer: .anyToken, access: .read, confidence: .documented),
        Route(
            "wego_data.meters.show", "GET", "/api/v1/wego_data/meters/{id}",
            signer: .anyToken, access: .read, confidence: .documented),
        Route(
            "wego_data.meters.create", "POST", "/api/v1/wego_data/meters",
            signer: .anyToken, access: .write, confidence: .documented, requestSchema: MeterSchemas.createData),
        Route(
            "wego_data.meters.update", "PUT", "/api/v1/wego_data/meters/{id}",
            signer: .anyToken, access: .write, confidence: .client, requestSchema: MeterSchemas.updateData),
        Route(
            "wego_data.meters.delete", "DELETE", "/api/v1/wego_data/meters/{id}",
            signer: .anyToken, access: .write, successCodes: [204], confidence: .thirdParty),
    ]

    private static let utilityLogins = [
        Route(
            "wego_data.utility_logins.create", "POST", "/api/v1/wego_data/utility_logins",
            signer: .anyToken, access: .write, confidence: .inferred, requestSchema: MeterSchemas.createLogin,
            secretsInAnswer: ["username"]),
        Route(
            "wego_data.utility_logins.show", "GET", "/api/v1/wego_data/utility_logins/{id}",
            signer: .anyToken, access: .read, confidence: .client, secretsInAnswer: ["username"]),
        Route(
            "wego_data.utility_logins.update", "PATCH", "/api/v1/wego_data/utility_logins/{id}",
            signer: .anyToken, access: .write, confidence: .thirdParty, requestSchema: MeterSchemas.updateLogin,
            secretsInAnswer: ["username"]),
    ]

    private static let rawData = [
        Route(
            "wego_data.raw_data.list", "GET", "/api/v1/wego_data/meters/{id}/raw_data",
            signer: .anyToken, access: .read, confidence: .client, queryNames: ["start_date", "end_date"]),
        Route(
            "wego_data.raw_data.show", "GET", "/api/v1/wego_data/meters/{id}/raw_data/{datum_id}",
            signer: .anyToken, access: .read, confidence: .client),
        Route(
            "wego_data.raw_data.create", "POST", "/api/v1/wego_data/meters/{id}/raw_data",
            signer: .anyToken, access: .write, confidence: .inferred, requestSchema: RawDatumSchemas.create),
        Route(
            "wego_data.raw_data.latest", "GET", "/api/v1/wego_data/meters/{id}/latest_datum",
            signer: .anyToken, access: .read, confidence: .client),
    ]
}
