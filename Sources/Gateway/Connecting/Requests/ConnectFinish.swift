// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Secrets

/// The body of `POST /users/{user}/connect/finish`: what the person was shown, and what for.
struct ConnectFinish: Sendable {
    let token: Secret
    let verifier: Secret

    init(_ body: [UInt8]) throws(GatewayError) {
        let members = try ConnectMembers(body, known: ["oauth_token", "oauth_verifier"])
        token = try members.secret("oauth_token")
        verifier = try members.secret("oauth_verifier")
    }
}
