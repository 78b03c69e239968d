// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import Curl

/// Why WegoWise refused a signed request, as far as its 401 says. From the OAuth problem reporting extension
/// (`oauth_problem`), in the `WWW-Authenticate` field or in a form-encoded body.
package enum OAuthProblem: String, Sendable, CaseIterable {
    case timestampRefused = "timestamp_refused"
    case nonceUsed = "nonce_used"
    case signatureInvalid = "signature_invalid"
    case tokenRejected = "token_rejected"
    case tokenRevoked = "token_revoked"
    case tokenExpired = "token_expired"
    case tokenUsed = "token_used"
    case consumerKeyUnknown = "consumer_key_unknown"
    case consumerKeyRejected = "consumer_key_rejected"
    case permissionDenied = "permission_denied"
    case permissionUnknown = "permission_unknown"
    case verifierInvalid = "verifier_invalid"
    case versionRejected = "version_rejected"
    case parameterAbsent = "parameter_absent"
    case parameterRejected = "parameter_rejected"
    case signatureMethodRejected = "signature_method_rejected"
    /// None was named, or one this list does not know.
    case unnamed = "unnamed"

    init(_ response: TransferResponse) {
        let field = response.head.first("www-authenticate").map { String(decoding: $0, as: UTF8.self) } ?? ""
        let body = String(decoding: response.body.readableBytesView.prefix(2048), as: UTF8.self)
        self = Self.named(in: field) ?? Self.named(in: body) ?? .unnamed
    }

    static func named(in text: String) -> OAuthProblem? {
        guard let range = text.range(ofUTF8: "oauth_problem=") else { return nil }
        let word = text[range...].drop { $0 == "\"" }.prefix { $0.isLetter || $0 == "_" }
        return OAuthProblem(rawValue: String(word))
    }

    /// Whether it may be the stored credential that is wrong, and not the request's time or the call itself.
    var isAboutCredential: Bool {
        switch self {
        case .timestampRefused, .nonceUsed, .permissionDenied, .permissionUnknown, .verifierInvalid, .versionRejected,
            .parameterAbsent, .parameterRejected, .signatureMethodRejected:
            false
        case .signatureInvalid, .tokenRejected, .tokenRevoked, .tokenExpired, .tokenUsed, .consumerKeyUnknown,
            .consumerKeyRejected, .unnamed:
            true
        }
    }

    /// Whether the timestamp may be what was refused.
    var mayBeAboutTime: Bool { self == .timestampRefused || self == .unnamed }

    /// What a person does about it.
    var advice: String {
        switch self {
        case .timestampRefused: "WegoWise finds the time of the request wrong: check this machine's clock"
        case .nonceUsed: "WegoWise has seen the request before"
        case .signatureInvalid: "a consumer or token secret in custody is not the one WegoWise has"
        case .tokenRejected, .tokenRevoked, .tokenExpired, .tokenUsed:
            "the home user must be connected or imported again"
        case .consumerKeyUnknown, .consumerKeyRejected: "check the consumer with 'wego-gateway consumer list'"
        case .permissionDenied: "the home user's token does not allow this"
        case .permissionUnknown: "nobody has given consent yet"
        case .verifierInvalid: "the code is not the one WegoWise gave"
        case .versionRejected, .parameterAbsent, .parameterRejected, .signatureMethodRejected:
            "WegoWise finds the request malformed: please report it"
        case .unnamed: "WegoWise gave no reason; its token may be revoked or the consumer disabled"
        }
    }
}

extension String {
    /// The index behind the first occurrence of an ASCII word.
    fileprivate func range(ofUTF8 word: String) -> String.Index? {
        let bytes = Array(utf8)
        let wanted = Array(word.utf8)
        guard bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count) where bytes[start..<start + wanted.count].elementsEqual(wanted) {
            return utf8.index(startIndex, offsetBy: start + wanted.count)
        }
        return nil
    }
}
