// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets

/// What a browser brings back from the consent page (RFC 5849 section 2.2).
struct CallbackQuery: Sendable {
    let token: Secret

    /// Nil when the person said no. WegoWise does not say how it tells so: as others do, it is taken to send `oauth_problem` or
    /// `denied`. A link with neither verifier nor denial is incomplete, and costs nobody a consent.
    let verifier: Secret?

    /// Of one value, in bytes.
    static let maximumLength = 1_024

    init(_ query: [Parameter]) throws(GatewayError) {
        let denied = try Self.value("denied", query)
        // Some providers name the token there and nowhere else.
        guard let token = try Self.value("oauth_token", query) ?? denied else { throw .connect(.badCallback) }
        self.token = Secret(token)
        verifier = try Self.value("oauth_verifier", query).map { Secret($0) }
        let problem = try Self.value("oauth_problem", query)
        guard verifier != nil || denied != nil || problem != nil else { throw .connect(.badCallback) }
    }

    /// Nil when absent or empty. A repeated one says nothing that could be relied on.
    private static func value(_ name: String, _ query: [Parameter]) throws(GatewayError) -> [UInt8]? {
        let values = query.filter { $0.name.elementsEqual(name.utf8) }
        guard values.count <= 1 else { throw .connect(.badCallback) }
        guard let value = values.first?.value, !value.isEmpty else { return nil }
        guard value.count <= maximumLength, value.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .connect(.badCallback)
        }
        return value
    }
}
