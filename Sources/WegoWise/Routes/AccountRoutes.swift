// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// Who a token belongs to. The one signed resource outside `/api/v1/`.
enum AccountRoutes {
    static let all = [
        Route(
            "oauth.user.show", "GET", "/oauth/user",
            signer: .anyToken, access: .read, confidence: .client)
    ]
}
