// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1

/// What the OAuth check said about a request.
package enum Verdict: Sendable, Hashable, CustomStringConvertible {
    case valid(username: String)
    /// Signed by a consumer alone, as the request for a temporary credential is.
    case validConsumer
    case refused(OAuthProblem)
    /// The public resource and the pages for people ask for no signature.
    case notRequired
    /// The request was not even well formed, or was cut off before anybody looked at it.
    case unchecked

    package var description: String {
        switch self {
        case .valid(let username): "signature valid (\(username))"
        case .validConsumer: "signature valid (consumer alone)"
        case .refused(let problem): problem.name
        case .notRequired: "no signature required"
        case .unchecked: "not checked"
        }
    }

    /// Nil unless the signature was valid.
    package var username: String? {
        if case .valid(let username) = self { username } else { nil }
    }
}

/// One line of the verdict log.
package struct VerdictRecord: Sendable, Hashable, CustomStringConvertible {
    package let method: String
    /// As received, but for the values of protocol parameters, which do not belong in a log.
    package let target: String
    package let verdict: Verdict
    package let status: Int
    /// As the client wrote it, whether or not it was right.
    package var nonce: String?
    /// As the client wrote it.
    package var timestamp: String?
    /// The number of the scripted fault that struck this request.
    package var fault: Int?

    package var description: String {
        "\(method) \(target) -> \(verdict), \(status)" + (fault.map { ", fault \($0)" } ?? "")
    }
}

extension VerdictRecord {
    init(_ request: SandboxRequest, verdict: Verdict, status: Int, fault: Int? = nil) {
        method = request.method
        target = Self.redacted(request.target)
        self.verdict = verdict
        self.status = status
        self.fault = fault
        let header = request.authorization.first.flatMap { try? AuthorizationHeader.parse($0.utf8) }
        nonce = header?.nonce.map { String(decoding: $0, as: UTF8.self) }
        timestamp = header?.value("oauth_timestamp").map { String(decoding: $0, as: UTF8.self) }
    }

    private static func redacted(_ target: String) -> String {
        guard let mark = target.firstIndex(of: "?") else { return target }
        let pieces = target[target.index(after: mark)...].split(separator: "&", omittingEmptySubsequences: false)
        let shown = pieces.map { piece in
            let name = piece.prefix { $0 != "=" }
            return name.lowercased().hasPrefix("oauth") ? name + "=<redacted>" : piece
        }
        return target[...mark] + shown.joined(separator: "&")
    }
}
