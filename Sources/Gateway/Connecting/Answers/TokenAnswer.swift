// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1
import Secrets

/// The form-encoded answer to a request for temporary or token credentials (RFC 5849 sections 2.1 and 2.3).
struct TokenAnswer: Sendable {
    /// Plain: a temporary one travels in the address of the consent page.
    let token: [UInt8]
    let tokenSecret: Secret

    /// `oauth_callback_confirmed=true`; says that the provider speaks OAuth 1.0a.
    let isCallbackConfirmed: Bool

    /// For custody, and for signing.
    var secretToken: Secret { Secret(token) }

    /// Of one value, in bytes; custody takes no more.
    static let maximumLength = 1_024

    /// Nil for anything in which the pair cannot be told with certainty.
    init?(_ body: some Collection<UInt8>) {
        var text = Array(body)
        while let last = text.last, last == 0x0A || last == 0x0D { text.removeLast() }
        guard let members = FormEncoding.parse(text),
            let token = Self.only("oauth_token", members), let secret = Self.only("oauth_token_secret", members)
        else { return nil }
        self.token = token
        tokenSecret = Secret(secret)
        isCallbackConfirmed = Self.only("oauth_callback_confirmed", members)?.elementsEqual("true".utf8) ?? false
    }

    private static func only(_ name: String, _ members: [Parameter]) -> [UInt8]? {
        let values = members.filter { $0.name.elementsEqual(name.utf8) }
        guard values.count == 1, let value = values[0].value, (1...maximumLength).contains(value.count),
            value.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return value
    }
}
