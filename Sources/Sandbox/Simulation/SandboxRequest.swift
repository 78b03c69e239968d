// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

import OAuth1

/// A request as it came over the wire.
struct SandboxRequest: Sendable {
    var method: String
    /// `http` or `https`: how the client reached the server.
    var scheme: String
    /// The `Host` header.
    var authority: String
    /// The request target exactly as received: what was sent is what must have been signed.
    var target: String
    /// Every `Authorization` header.
    var authorization: [String] = []
    var contentType: String?
    /// The `Origin` header, which only browsers send.
    var origin: String?
    var body: [UInt8] = []

    var path: Substring { target.prefix { $0 != "?" } }

    /// Without the question mark; empty also if there is none.
    var query: Substring { target.dropFirst(path.count + 1) }

    /// The query's; empty also if it is malformed.
    var parameters: RequestFields { RequestFields(form: FormEncoding.parse(query.utf8) ?? []) }

    /// Form parameters take part in the signature (RFC 5849, 3.4.1.3.1); other bodies do not.
    var hasFormBody: Bool { mediaType == "application/x-www-form-urlencoded" }

    var hasJSONBody: Bool { mediaType == "application/json" }

    private var mediaType: String {
        (contentType ?? "").prefix { $0 != ";" }.split(separator: " ").joined().lowercased()
    }

    /// Nil if the port is not a number. An IPv6 address keeps its brackets.
    var hostAndPort: (host: String, port: Int?)? {
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else {
            return (authority, nil)
        }
        guard let port = UInt16(authority[authority.index(after: colon)...]) else { return nil }
        return (String(authority[..<colon]), Int(port))
    }
}
