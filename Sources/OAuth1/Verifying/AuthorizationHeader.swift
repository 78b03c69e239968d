// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

/// A parsed `Authorization: OAuth ...` value (RFC 5849, 3.5.1), its names and values decoded.
package struct AuthorizationHeader: Sendable {
    package static let maximumByteCount = 16 * 1024
    package static let maximumParameters = 64

    package let realm: String?
    /// In the order of the header, with `oauth_signature`, without `realm`.
    package let parameters: [Parameter]

    /// Strict: refuses a name that comes twice, values with characters that should have been escaped, bad escapes, and more
    /// than 64 parameters or 16 KiB.
    package static func parse(
        _ value: some Collection<UInt8>
    ) throws(AuthorizationHeaderError) -> AuthorizationHeader {
        guard value.count <= maximumByteCount else { throw .tooLong(limit: maximumByteCount) }
        var parser = AuthorizationHeaderParser(Array(value))
        return try parser.header()
    }

    init(realm: String?, parameters: [Parameter]) {
        self.realm = realm
        self.parameters = parameters
    }

    package func value(_ name: String) -> [UInt8]? {
        parameters.first { $0.name.elementsEqual(name.utf8) }?.value
    }

    package var consumerKey: [UInt8]? { value("oauth_consumer_key") }
    package var token: [UInt8]? { value("oauth_token") }
    package var signature: [UInt8]? { value("oauth_signature") }
    package var nonce: [UInt8]? { value("oauth_nonce") }
    package var version: [UInt8]? { value("oauth_version") }
    package var callback: [UInt8]? { value("oauth_callback") }
    package var verifier: [UInt8]? { value("oauth_verifier") }
    package var bodyHash: [UInt8]? { value("oauth_body_hash") }

    /// Nil also for a method this module does not know.
    package var signatureMethod: SignatureMethod? {
        value("oauth_signature_method").flatMap { SignatureMethod(rawValue: String(decoding: $0, as: UTF8.self)) }
    }

    /// Seconds since 1970. Nil also unless it is a positive decimal number (RFC 5849, 3.3).
    package var timestamp: Int64? {
        guard let digits = value("oauth_timestamp"), (1...18).contains(digits.count) else { return nil }
        var number: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return number > 0 ? number : nil
    }
}
