// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1

/// Why a signed request is refused. The names are those of the OAuth Problem Reporting extension.
package enum OAuthProblem: Error, Hashable, Sendable {
    case versionRejected
    /// The names of what is missing; empty when there is no `Authorization: OAuth` header at all.
    case parameterAbsent([String])
    /// Malformed or repeated; says what.
    case parameterRejected(String)
    case signatureMethodRejected
    case consumerKeyUnknown
    case tokenRejected
    /// The token was good once: its user is gone, or it was taken back.
    case tokenRevoked
    /// A temporary credential that waited too long.
    case tokenExpired
    /// A temporary credential that was exchanged before.
    case tokenUsed
    /// A temporary credential that nobody has allowed yet.
    case permissionUnknown
    /// A temporary credential that somebody refused.
    case permissionDenied
    case verifierInvalid
    /// Seconds since 1970 that would have been accepted.
    case timestampRefused(acceptable: ClosedRange<Int64>)
    case signatureInvalid
    /// `oauth_body_hash` is there and is not the hash of the body.
    case bodyHashInvalid
    case nonceUsed

    package var name: String {
        switch self {
        case .versionRejected: "version_rejected"
        case .parameterAbsent: "parameter_absent"
        case .parameterRejected: "parameter_rejected"
        case .signatureMethodRejected: "signature_method_rejected"
        case .consumerKeyUnknown: "consumer_key_unknown"
        case .tokenRejected: "token_rejected"
        case .tokenRevoked: "token_revoked"
        case .tokenExpired: "token_expired"
        case .tokenUsed: "token_used"
        case .permissionUnknown: "permission_unknown"
        case .permissionDenied: "permission_denied"
        case .verifierInvalid: "verifier_invalid"
        case .timestampRefused: "timestamp_refused"
        case .signatureInvalid: "signature_invalid"
        case .bodyHashInvalid: "body_hash_invalid"
        case .nonceUsed: "nonce_used"
        }
    }

    /// The value of `WWW-Authenticate`. The reply has no body: what the service puts there is not known.
    package var challenge: String {
        "OAuth realm=\"WegoWise sandbox\", oauth_problem=\(name)" + advice.map { ", " + $0 }.joined()
    }

    private var advice: [String] {
        switch self {
        case .versionRejected: [#"oauth_acceptable_versions="1.0-1.0""#]
        case .parameterAbsent(let names) where !names.isEmpty:
            ["oauth_parameters_absent=\"\(names.joined(separator: "&"))\""]
        case .parameterRejected(let what):
            [#"oauth_problem_advice=""# + String(decoding: PercentEncoding.encode(what.utf8), as: UTF8.self) + #"""#]
        case .timestampRefused(let acceptable):
            ["oauth_acceptable_timestamps=\"\(acceptable.lowerBound)-\(acceptable.upperBound)\""]
        default: []
        }
    }
}
