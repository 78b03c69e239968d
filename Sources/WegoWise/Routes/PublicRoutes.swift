// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// What anybody may read without authentication.
enum PublicRoutes {
    static let all = [
        Route(
            "public.utility_companies.list", "GET", "/api/v1/utility_companies",
            signer: .none, access: .read, confidence: .client, queryNames: ["state", "data_type"])
    ]
}
