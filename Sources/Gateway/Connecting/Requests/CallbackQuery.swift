// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets

/// What a browser brings back from the consent page (RFC 5849 section 2.2).
struct CallbackQuery: Sendable {
    let token: Secret

    /// Nil when the person said no: WegoWise does not say how it tells so, but without a verifier there is no consent.
    let verifier: Secret?

    /// Of one value, in bytes.
    static let maximumLength = 1_024

    init(_ query: [Parameter]) throws(GatewayError) {
        guard let token = try Self.value("oauth_token", query) else { throw .connect(.badCallback) }
        self.token = Secret(token)
        verifier = try Self.value("oauth_verifier", query).map { Secret($0) }
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
