// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The WegoWise gateway authors

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
    var body: [UInt8] = []

    var path: Substring { target.prefix { $0 != "?" } }

    /// Without the question mark; empty also if there is none.
    var query: Substring { target.dropFirst(path.count + 1) }

    /// Form parameters take part in the signature (RFC 5849, 3.4.1.3.1); other bodies do not.
    var hasFormBody: Bool {
        let mediaType = (contentType ?? "").prefix { $0 != ";" }
        return mediaType.split(separator: " ").joined().lowercased() == "application/x-www-form-urlencoded"
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
